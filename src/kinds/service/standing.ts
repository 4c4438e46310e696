import type { Moment } from '../moment.ts';
import type { Outlook, Standing } from '../standing.ts';
import { phaseOfFailedUpdate } from './deployments.ts';
import { phaseUnderWay, phaseWords } from './phases.ts';
import type { ServiceState } from './state.ts';

/** What the statuses of a service mean for those who need it. */
export const OUTLOOKS: Readonly<Record<string, Outlook>> = {
  running: 'working',
  deploying: 'changing',
  concerning: 'weakened',
  failed: 'broken',
  stopped: 'ended',
  finished: 'ended',
  stopping: 'changing',
  deleting: 'changing',
  pending: 'changing',
  waiting: 'changing',
};

/** The status of the listing. Where nobody lists the service, its newest update tells something. */
export function standing(state: ServiceState): Standing | undefined {
  const { status, inferType, updates, owner } = state;
  if (status === undefined) {
    const { newest, ended } = updates;
    if (newest?.result === 'running') {
      return { status: 'updating', outlook: 'changing', since: newest.at, remarks: underWay(state) };
    }
    if (ended?.result !== 'fail') return undefined;
    const phase = phaseOfFailedUpdate(ended.at, state);
    const remarks = phase === undefined ? [] : [`in ${phaseWords(phase)}`];
    return { status: 'update failed', outlook: 'broken', since: ended.since, remarks };
  }
  const { value, since } = status;
  const outlook = OUTLOOKS[value] ?? 'other';
  const type = inferType === undefined ? [] : [inferType];
  const deployment = outlook === 'changing' ? underWay(state) : outlook === 'ended' ? [] : failure(state);
  const pool = outlook === 'ended' ? undefined : updates.newest?.pool;
  const pools = pool === undefined ? undefined : [pool];
  return { status: value, outlook, since, owner, pools, remarks: [...type, ...deployment] };
}

function underWay({ marks }: ServiceState): string[] {
  const phase = phaseUnderWay(marks)?.phase;
  return phase === undefined ? [] : [phaseWords(phase)];
}

/** What the newest update came to, if it failed: the version before may still serve. */
function failure(state: ServiceState): string[] {
  const { ended } = state.updates;
  return ended?.result === 'fail' ? [failureWords(ended.at, state)] : [];
}

function failureWords(at: number, state: ServiceState): string {
  const phase = phaseOfFailedUpdate(at, state);
  return phase === undefined ? 'deployment failed' : `deployment failed in ${phaseWords(phase)}`;
}

export const NEWS = { success: 'good', fail: 'bad', running: 'none', other: 'none' } as const;
const WORDS = { success: 'deployed', running: 'deploying', other: 'deployment ended' };

export function moments(state: ServiceState): Moment[] {
  return state.updates.history.map(({ at, result }) => ({
    at,
    what: 'deployment',
    words: result === 'fail' ? failureWords(at, state) : WORDS[result],
    news: NEWS[result],
  }));
}
