import type { Moment } from '../moment.ts';
import { counted, type Outlook, type Standing } from '../standing.ts';
import { FAULT_WORDS } from './fault-words.ts';
import { interruptionsOf } from './interruptions.ts';
import type { JobDetails } from './listed-job.ts';
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
  const { phase, nodes } = listed;
  const recovering = recoveringWords(listed);
  return {
    status: phase,
    outlook: recovering.length > 0 && phase === 'running' ? 'weakened' : (OUTLOOKS[phase] ?? 'other'),
    since: phaseSince(state, listed),
    remarks: [
      ...(nodes === undefined ? [] : [counted(nodes, 'node')]),
      ...restartWords(listed),
      ...recovering,
    ],
    owner: listed.owner,
    pools: listed.final || listed.pool === undefined ? undefined : [listed.pool],
  };
}

/** While a fault keeps it from training, its phase may still be `running`. */
function recoveringWords(listed: JobDetails): string[] {
  const last = interruptionsOf(listed).at(-1);
  if (last === undefined || last.endedAt !== undefined || listed.final) return [];
  return [`recovering from ${FAULT_WORDS[last.scenario]}`];
}

/** Such as `restarted 2 times, last after a node fault`. */
function restartWords(listed: JobDetails): string[] {
  const { restarts = 0, runs = [] } = listed;
  if (restarts === 0) return [];
  const last = interruptionsOf(listed).at(-1);
  const isOfFault = last?.hasRecovered === true && last.endedAt === runs.at(-1)?.startedAt;
  const after = isOfFault ? ` after ${FAULT_WORDS[last.scenario]}` : '';
  if (restarts === 1) return [`restarted once${after}`];
  return [`restarted ${restarts} times${isOfFault ? `, last${after}` : ''}`];
}

/** Since when the job is in its phase. */
export function phaseSince({ newestEventAt = 0 }: JobState, { since, isGuess }: PhaseTimes): number {
  // After its last event nothing more happened to it.
  return isGuess ? Math.max(since, newestEventAt) : since;
}

export function moments({ listed }: JobState): Moment[] {
  if (listed === undefined) return [];
  const { startedAt, endedAt, phase = '' } = listed;
  const found: Moment[] = [...faults(listed), ...restarts(listed)];
  if (startedAt !== undefined) found.push({ at: startedAt, what: 'begin', words: 'started', news: 'none' });
  if (endedAt !== undefined) {
    const news = OUTLOOKS[phase] === 'broken' ? 'bad' : phase === 'completed' ? 'good' : 'none';
    found.push({ at: endedAt, what: 'end', words: phase, news });
  }
  return found;
}

function faults(listed: JobDetails): Moment[] {
  return interruptionsOf(listed).flatMap(({ startedAt, endedAt, scenario, hasRecovered }): Moment[] => {
    const words = FAULT_WORDS[scenario];
    const fault: Moment = { at: startedAt, what: 'fault', words, news: 'bad' };
    if (endedAt === undefined || !hasRecovered) return [fault];
    return [fault, { at: endedAt, what: 'recovery', words: `recovered from ${words}`, news: 'good' }];
  });
}

/** The runs behind the first one, but for those with which it recovered from a fault. */
function restarts(listed: JobDetails): Moment[] {
  const recovered = new Set(interruptionsOf(listed).map(({ endedAt }) => endedAt));
  return (listed.runs ?? [])
    .slice(1)
    .filter((run) => !recovered.has(run.startedAt))
    .map(({ startedAt }) => ({ at: startedAt, what: 'restart', words: 'started again', news: 'none' }));
}
