import type { Notice } from '../event.ts';
import type { Condition, Problem, Recovery } from '../problem.ts';
import { problemOfText } from '../telling-texts.ts';
import { explanationOf } from '../trouble-events.ts';
import type { ServiceEvent } from './events.ts';
import { phaseOfFailure } from './phases.ts';
import type { ServiceState } from './state.ts';
import { TELLING_TEXTS } from './telling-texts.ts';
import type { UpdateState } from './update-state.ts';

const ABNORMAL_EVENT = 'ModelArtsServiceAbnormalEvent';

/** What an event alone is an alert about. */
export function problem({ eventType, message }: ServiceEvent): Problem | undefined {
  if (eventType === 'normal') return problemOfText(TELLING_TEXTS, message);
  if (eventType !== 'abnormal') return undefined;
  const phase = phaseOfFailure(message);
  return {
    alertname: ABNORMAL_EVENT,
    severity: 'warning',
    summary: 'reported an abnormal event',
    labels: phase === undefined ? {} : { phase },
    message,
    recovers: true,
  };
}

/** Statuses of a service that nobody runs: a failure to update it is nobody's trouble. */
const NOT_RUN = ['stopped', 'finished', 'deleting'];

function isRun({ status }: ServiceState): boolean {
  return !NOT_RUN.includes(status?.value ?? '');
}

function updateFailed(
  state: ServiceState,
  { at, since, count }: Pick<NonNullable<UpdateState['ended']>, 'at' | 'since' | 'count'>,
): Condition {
  return {
    alertname: 'ModelArtsServiceUpdateFailed',
    // While the service runs, the version before the update still serves.
    severity: state.status?.value === 'running' ? 'warning' : 'critical',
    summary: 'failed to update',
    labels: {},
    message: explanationOf(state.newestAbnormal, at)?.message ?? 'The newest update of the service failed.',
    since,
    at,
    events: count,
    expires: false,
  };
}

/** The failure that a later success made good before anybody was told of it. */
export function passedFailure(state: ServiceState, notices: readonly Notice[]): Condition[] {
  const failed = notices.findLast(({ fields }) => fields['result'] === 'fail');
  if (failed === undefined || state.updates.ended?.result === 'fail' || !isRun(state)) return [];
  const { at } = failed;
  return [updateFailed(state, { at, since: at, count: 1 })];
}

/** What is wrong with the service as it is known now. */
export function conditions(state: ServiceState): Condition[] {
  const { status } = state;
  const found: Condition[] = [];
  const { ended } = state.updates;
  if (ended?.result === 'fail' && isRun(state)) found.push(updateFailed(state, ended));
  if (status?.value === 'failed' || status?.value === 'concerning') {
    const began = status.since ?? status.seenAt;
    const untold = { message: `The service is ${status.value}.`, since: began, at: began, events: 0 };
    found.push({
      alertname: 'ModelArtsServiceFailed',
      severity: status.value === 'failed' ? 'critical' : 'warning',
      summary: status.value === 'failed' ? 'has failed' : 'runs with failed instances',
      labels: {},
      ...(explanationOf(state.newestAbnormal, began) ?? untold),
      expires: false,
    });
  }
  return found;
}

/** An update that succeeds ends what events said before it. */
export function recoveries(state: ServiceState): Recovery[] {
  const at = succeededAt(state);
  return at === undefined ? [] : [{ alertname: ABNORMAL_EVENT, at }];
}

/**
 * When the newest successful update was over. Example: the logs showed it running at 12:00:00 and successful at
 * 12:00:30, and pulling an image had failed once at 12:00:20. If an event says that the service started at 12:00:25,
 * that was the end; otherwise what came before the success was shown is over with it.
 */
function succeededAt({ updates: { succeeded }, marks }: ServiceState): number | undefined {
  if (succeeded === undefined) return undefined;
  const { at, shownAt, wasUnderWay } = succeeded;
  const started = marks.findLast(
    ([instant, what, model]) =>
      what === 'end model_startup' && model === '' && instant > at && instant <= shownAt,
  );
  return started?.[0] ?? (wasUnderWay ? shownAt : at);
}
