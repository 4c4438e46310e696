import type { Moment } from '../moment.ts';
import { counted, type Outlook, type Standing } from '../standing.ts';
import type { JobState, PhaseTimes } from './training-job.ts';

/** What the phases of a job mean for its owner. */
export const OUTLOOKS: Readonly<Record<string, Outlook>> = {
  creating: 'changing',
  pending: 'changing',
  running: 'working',
  failed: 'broken',
  completed: 'ended',
  terminating: 'changing',
  terminated: 'ended',
  abnormal: 'broken',
};

export function standing(state: JobState): Standing | undefined {
  const { listed } = state;
  if (listed?.phase === undefined) return undefined;
  const { phase, nodes, restarts = 0 } = listed;
  return {
    status: phase,
    outlook: OUTLOOKS[phase] ?? 'other',
    since: phaseSince(state, listed),
    remarks: [
      ...(nodes === undefined ? [] : [counted(nodes, 'node')]),
      ...(restarts === 0 ? [] : [`restarted ${restarts === 1 ? 'once' : `${restarts} times`}`]),
    ],
    restarts,
    owner: listed.owner,
  };
}

/** Since when the job is in its phase. */
export function phaseSince({ newestEventAt = 0 }: JobState, { since, isGuess }: PhaseTimes): number {
  // After its last event nothing more happened to it.
  return isGuess ? Math.max(since, newestEventAt) : since;
}

export function moments({ listed }: JobState): Moment[] {
  const { startedAt, runStartedAt, endedAt, phase = '' } = listed ?? {};
  const found: Moment[] = [];
  if (startedAt !== undefined) found.push({ at: startedAt, what: 'begin', words: 'started', news: 'none' });
  if (runStartedAt !== undefined)
    found.push({ at: runStartedAt, what: 'restart', words: 'started again', news: 'none' });
  if (endedAt !== undefined) {
    const news = OUTLOOKS[phase] === 'broken' ? 'bad' : phase === 'completed' ? 'good' : 'none';
    found.push({ at: endedAt, what: 'end', words: phase, news });
  }
  return found;
}
