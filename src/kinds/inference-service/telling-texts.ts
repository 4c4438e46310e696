import type { Problem } from '../problem.ts';
import { phaseOfFailure } from '../service/phases.ts';
import { beginningOf, problemOfText, type TellingText } from '../telling-texts.ts';
import type { ServiceEvent } from './events.ts';

export const ABNORMAL_EVENT = 'ModelArtsInferenceServiceAbnormalEvent';
export const WARNING_EVENT = 'ModelArtsInferenceServiceWarningEvent';

const ROLLBACK: TellingText = [
  /\bhas been rolled back\b|\brolled back to\b|已回滚|回滚成功/i,
  'ModelArtsInferenceServiceRolledBack',
  'was rolled back',
];

/**
 * What documented texts say has happened, to stand behind the name of the service. The list of texts that could be
 * read is short, so it is the type of an event that decides, and a text that is not here loses nothing but this.
 */
const SUMMARIES: readonly (readonly [RegExp, string])[] = [
  [/服务部署超时|deployment (has )?timed out|deployment (took|exceed)/i, 'took too long to deploy'],
  [/服务部署失败|deploy(ment)? (has )?failed|failed to deploy/i, 'failed to deploy'],
  [
    /服务删除失败|failed to (batch )?delete|(batch )?delet(e|ion) (of services )?(has )?failed/i,
    'could not be deleted',
  ],
  [/failed to start the pod container in deployment\b/i, 'could not start a pod'],
  [/服务异常，不正常的实例数为|abnormal instances/i, 'has abnormal instances'],
];

/** The problem that an event tells of. A rollback is one, although its event may be normal. */
export function problemOf({ eventType, message }: ServiceEvent): Problem | undefined {
  if (eventType === 'normal' || eventType === 'other') return problemOfText([ROLLBACK], message);
  const phase = phaseOfFailure(message);
  const isAbnormal = eventType === 'abnormal';
  const summary = SUMMARIES.find(([text]) => text.test(beginningOf(message)))?.[1];
  return {
    alertname: isAbnormal ? ABNORMAL_EVENT : WARNING_EVENT,
    severity: 'warning',
    summary: summary ?? `reported ${isAbnormal ? 'an abnormal event' : 'a warning'}`,
    labels: phase === undefined ? {} : { phase },
    message,
  };
}
