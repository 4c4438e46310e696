import type { Condition } from '../problem.ts';
import { explanationOf } from '../trouble-events.ts';
import type { Recovery } from './running-records.ts';
import { phaseSince } from './standing.ts';
import type { JobState } from './training-job.ts';

/** What is wrong with a job by its listing. What its records tell of is over by then, and ends by quiet. */
export function conditions(state: JobState): readonly Condition[] {
  return [...failed(state), ...faults(state), ...restarted(state)];
}

function failed(state: JobState): readonly Condition[] {
  const { listed, newestError } = state;
  if (listed?.phase !== 'failed' && listed?.phase !== 'abnormal') return [];
  const since = phaseSince(state, listed);
  // An error of days before may have been got over, and the listing knows better why the job has ended.
  const why = explanationOf(newestError, since)?.message ?? listed.message ?? newestError?.message;
  return [
    {
      alertname: 'ModelArtsTrainingJobFailed',
      severity: 'critical',
      summary: 'failed',
      labels: {},
      message: why ?? `The training job is ${listed.phase}.`,
      since,
      at: since,
      events: 1,
      expires: true,
    },
  ];
}

/** Of each scenario the newest fault. */
function faults({ listed }: JobState): readonly Condition[] {
  const byScenario = new Map<string, readonly Recovery[]>();
  for (const recovery of listed?.recoveries ?? [])
    byScenario.set(recovery.scenario, [...(byScenario.get(recovery.scenario) ?? []), recovery]);
  return [...byScenario].flatMap(([scenario, recoveries]) => {
    const newest = recoveries.at(-1);
    if (newest === undefined) return [];
    // A record may be left as it was when the job ran again.
    const ranAgainAt = listed?.runs?.find(({ startedAt }) => startedAt > newest.startedAt)?.startedAt;
    const isOver = newest.result !== 'recovering' || ranAgainAt !== undefined || listed?.final === true;
    return [
      {
        alertname: 'ModelArtsTrainingJobFault',
        severity: 'warning' as const,
        summary: `had a fault: ${scenario}`,
        labels: { scenario },
        message: textOf(newest),
        since: newest.startedAt,
        at: newest.endedAt ?? ranAgainAt ?? newest.startedAt,
        events: recoveries.length,
        expires: isOver,
      },
    ];
  });
}

function textOf({ scenario, task, policy, result, reason }: Recovery): string {
  const where = task === '' ? '' : ` of ${task}`;
  const how = policy === '' ? '' : ` by ${policy}`;
  const why = reason === undefined ? '' : `: ${reason}`;
  return `${scenario}${where}${why}. Recovery${how}: ${result}.`;
}

/** A job that failed and ran again between two looks was never seen to be failed. */
function restarted({ listed, restartedAt = 0 }: JobState): readonly Condition[] {
  const at = Math.max(listed?.runStartedAt ?? 0, restartedAt);
  if (listed === undefined || at === 0) return [];
  const before = listed.runs?.findLast(({ startedAt }) => startedAt < at);
  return [
    {
      alertname: 'ModelArtsTrainingJobRestarted',
      severity: 'warning',
      summary: 'was restarted',
      labels: {},
      message: before?.endReason ?? 'The training job was started again.',
      since: at,
      at,
      events: Math.max(1, listed.restarts ?? 1),
      expires: true,
    },
  ];
}
