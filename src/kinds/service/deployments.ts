import type { Phase } from './phases.ts';
import type { ServiceState } from './state.ts';
import type { Deployment } from './update-state.ts';

/** Instants at which the listing showed the service take a status, and failures that name a phase: the newest of each. */
export interface DeploymentTraces {
  readonly turns: readonly { readonly at: number; readonly status: string }[];
  readonly failures: readonly { readonly at: number; readonly phase: Phase }[];
}

const TRACES_MAX = 50;

/** Adds to a list that keeps its newest. */
export function withTrace<T extends { readonly at: number }>(traces: readonly T[], trace: T): readonly T[] {
  return [...traces, trace].sort((a, b) => a.at - b.at).slice(-TRACES_MAX);
}

/**
 * When a deployment ended, in Unix milliseconds: update records tell only when it began. It is when the service took
 * the status that it had at the end, as the listing tells, or where nothing lists it, when the end of what was seen
 * running was seen. Undefined where nobody can tell, or not yet.
 */
export function endOf(deployment: Deployment, state: ServiceState): number | undefined {
  const { at: begin, runningSeenAt, endSeenAt, wasWatched } = deployment;
  const { traces, status, listedAt = 0 } = state;
  if (!wasWatched) return undefined;
  const turn = traces?.turns.findLast(
    ({ at, status: value }) => value !== 'deploying' && at > (runningSeenAt ?? begin) && at <= endSeenAt,
  );
  if (turn !== undefined) return turn.at;
  const mayBeListed = status !== undefined && listedAt < endSeenAt;
  return mayBeListed || runningSeenAt === undefined ? undefined : endSeenAt;
}

/** What no process saw end is taken to have ended within so many milliseconds. */
const LASTS_MAX = 2 * 3_600_000;

/** The phase in which the update that began then failed, for people; undefined where no event names one. */
export function phaseOfFailedUpdate(at: number, state: ServiceState): Phase | undefined {
  const seen = state.updates.deployments?.find((deployment) => deployment.at === at);
  const phase = failedPhase({ at, result: 'fail', endSeenAt: seen?.endSeenAt ?? at + LASTS_MAX }, state);
  return phase === 'none' ? undefined : phase;
}

/** The phase in which a deployment failed; `none` where no event names one. */
export function failedPhase(
  { at, result, endSeenAt }: Pick<Deployment, 'at' | 'result' | 'endSeenAt'>,
  { traces }: ServiceState,
): Phase | 'none' {
  if (result === 'success') return 'none';
  return traces?.failures.find((failure) => failure.at >= at && failure.at <= endSeenAt)?.phase ?? 'none';
}
