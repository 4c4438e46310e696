import type { Occurrence } from '../event.ts';
import type { JobEvent } from './events.ts';

/** The latest exit of each worker, with its time in Unix milliseconds. */
export type Exits = Record<string, { code: number; at: number }>;

/** Holds the workers beyond the limit together, by the greatest of their codes. */
const REST = 'other';

const OF_WORKER = /^\[(?<worker>worker-\d{1,9})\](?:\s*\[[^\]]*\])*\s*(?<text>.*)$/s;
const FINISHED = /^Training finished\. Exit code (?<code>-?\d{1,9})\b/;
const STARTED = /^Training started\b/i;
/** Of the whole job: in the words of ModelArts, and of the scheduler below it. */
const RESTARTED =
  /^The training job has been restarted\b|^\[Job: [^\]]{1,256}\] ExecuteAction: .{0,64}\bRestartJob\b/;

/**
 * Takes in what events tell of workers that ended, and forgets the exit of a worker that runs again.
 * @param runningSince when the run began that the listing shows under way: what ended before it runs again
 */
export function foldExits(
  exits: Exits,
  occurrences: readonly Occurrence<JobEvent>[],
  runningSince: number | undefined,
  workersMax: number,
): void {
  for (const { event } of occurrences) {
    const { at, message } = event;
    if (RESTARTED.test(message)) dropExitsBefore(exits, at);
    const { worker, text } = OF_WORKER.exec(message)?.groups ?? {};
    if (worker === undefined || text === undefined) continue;
    const code = FINISHED.exec(text)?.groups?.['code'];
    if (code !== undefined) {
      if (runningSince === undefined || at > runningSince) {
        keepExit(exits, worker, { code: Number(code), at }, workersMax);
      }
    } else if (STARTED.test(text) && at >= (exits[worker]?.at ?? Number.POSITIVE_INFINITY)) {
      delete exits[worker];
    }
  }
}

/** The exits up to an instant, at which the whole job began anew, are none any more. */
export function dropExitsBefore(exits: Exits, instant: number | undefined): void {
  if (instant === undefined) return;
  for (const [worker, { at }] of Object.entries(exits)) if (at <= instant) delete exits[worker];
}

function keepExit(exits: Exits, worker: string, exit: Exits[string], workersMax: number): void {
  const before = exits[worker];
  const isKnown = before !== undefined;
  const known = Object.keys(exits).length - (REST in exits ? 1 : 0);
  if (isKnown || known < workersMax) {
    if (!isKnown || exit.at >= before.at) exits[worker] = exit;
  } else if (exit.code >= (exits[REST]?.code ?? exit.code)) {
    exits[REST] = exit;
  }
}
