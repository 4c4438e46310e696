import type { Detail, DetailTable } from '../detail.ts';
import type { Exits } from './exits.ts';
import { FAULT_WORDS } from './fault-words.ts';
import { interruptionsOf } from './interruptions.ts';
import type { JobDetails } from './listed-job.ts';
import type { JobState } from './training-job.ts';

/** What the page of a job shows beside its events. */
export function detail({ workers, listed }: JobState): Detail {
  return { tables: [exitCodes(workers), ...(listed === undefined ? [] : [faults(listed)])] };
}

function exitCodes(workers: Exits): DetailTable {
  return {
    title: 'Exit codes of the workers',
    columns: ['Worker', 'Exit code'],
    rows: Object.entries(workers).map(([worker, { code }]) => [
      { text: worker },
      { verdict: String(code), news: code === 0 ? 'good' : 'bad' },
    ]),
    empty: 'No worker has ended.',
  };
}

/** The newest first. */
function faults(listed: JobDetails): DetailTable {
  return {
    title: 'Faults',
    columns: ['What', 'Time', 'Lasted', 'Outcome', 'In the words of ModelArts'],
    rows: interruptionsOf(listed)
      .toReversed()
      .map(({ startedAt, endedAt, scenario, hasRecovered }) => {
        const told = listed.recoveries?.find((recovery) => recovery.startedAt === startedAt)?.reason;
        return [
          { text: FAULT_WORDS[scenario] },
          { instant: startedAt },
          { amount: endedAt === undefined ? undefined : (endedAt - startedAt) / 1000, unit: 'seconds' },
          outcome(endedAt, hasRecovered),
          { note: told ?? '' },
        ];
      }),
    empty: 'No fault has interrupted it.',
  };
}

function outcome(endedAt: number | undefined, hasRecovered: boolean) {
  if (endedAt === undefined) return { verdict: 'not over', news: 'none' } as const;
  if (hasRecovered) return { verdict: 'recovered', news: 'good' } as const;
  return { verdict: 'not recovered', news: 'bad' } as const;
}
