import type { Moment } from '../moment.ts';
import type { Outlook, Standing } from '../standing.ts';
import { phaseUnderWay } from './phases.ts';
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
export function standing({ status, inferType, marks, updates, owner }: ServiceState): Standing | undefined {
  if (status === undefined) {
    const { newest, ended } = updates;
    if (newest?.result === 'running') {
      return { status: 'updating', outlook: 'changing', since: newest.at, remarks: remarksOf(marks) };
    }
    if (ended?.result !== 'fail') return undefined;
    return { status: 'update failed', outlook: 'broken', since: ended.since, remarks: [] };
  }
  const { value, since } = status;
  const outlook = OUTLOOKS[value] ?? 'other';
  const type = inferType === undefined ? [] : [inferType];
  return {
    status: value,
    outlook,
    since,
    owner,
    remarks: [...type, ...(outlook === 'changing' ? remarksOf(marks) : [])],
  };
}

function remarksOf(marks: ServiceState['marks']): string[] {
  const phase = phaseUnderWay(marks)?.phase;
  return phase === undefined ? [] : [phase.replaceAll('_', ' ')];
}

const NEWS = { success: 'good', fail: 'bad', running: 'none', other: 'none' } as const;
const WORDS = {
  success: 'deployed',
  fail: 'deployment failed',
  running: 'deploying',
  other: 'deployment ended',
};

export function moments({ updates }: ServiceState): Moment[] {
  return updates.history.map(({ at, result }) => ({
    at,
    what: 'deployment',
    words: WORDS[result],
    news: NEWS[result],
  }));
}
