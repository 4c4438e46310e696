import type { Problem } from '../problem.ts';
import { phaseOfFailure } from '../service/phases.ts';
import type { ServiceEvent } from './events.ts';

export const ABNORMAL_EVENT = 'ModelArtsInferenceServiceAbnormalEvent';
export const WARNING_EVENT = 'ModelArtsInferenceServiceWarningEvent';
const ROLLED_BACK = 'ModelArtsInferenceServiceRolledBack';

const ROLLBACK = /\bhas been rolled back\b|\brolled back to\b|已回滚|回滚成功/i;

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

/** Texts say it at their beginning. */
const LOOKED_AT = 1_000;

/** The problem that an event tells of. A rollback is one, although its event may be normal. */
export function problemOf({ eventType, message }: ServiceEvent): Problem | undefined {
  const beginning = message.slice(0, LOOKED_AT);
  if (eventType === 'normal' || eventType === 'other') {
    if (!ROLLBACK.test(beginning)) return undefined;
    return {
      alertname: ROLLED_BACK,
      severity: 'warning',
      summary: 'was rolled back',
      labels: {},
      message,
    };
  }
  const phase = phaseOfFailure(message);
  const isAbnormal = eventType === 'abnormal';
  const summary = SUMMARIES.find(([text]) => text.test(beginning))?.[1];
  return {
    alertname: isAbnormal ? ABNORMAL_EVENT : WARNING_EVENT,
    severity: 'warning',
    summary: summary ?? `reported ${isAbnormal ? 'an abnormal event' : 'a warning'}`,
    labels: phase === undefined ? {} : { phase },
    message,
  };
}
