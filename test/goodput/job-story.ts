import fc from 'fast-check';
import type { Job } from '../../src/simulator/model.ts';

/** A fault: after how many seconds of running, how long the job takes to run again, and what the records tell. */
interface Fault {
  readonly after: number;
  readonly downgrades: readonly number[];
  readonly recovery: number;
  /** Until the job runs again, beyond the recovery: 0 where it goes on in place. */
  readonly rebuild: number;
  readonly scenario: string;
}

/** The life of a training job, in whole seconds. */
export interface JobStory {
  readonly id: string;
  /** Seconds from the beginning of all stories until it is created. */
  readonly created: number;
  readonly wait: number;
  readonly nodes: number;
  readonly pool: string;
  readonly faults: readonly Fault[];
  /** Seconds in the queue after a preemption, if it is preempted. */
  readonly preempted: number | undefined;
  readonly last: number;
  readonly end: 'Completed' | 'Failed' | 'Terminated';
  /** It fails for a fault from which it is not recovered. */
  readonly lostTo: string | undefined;
}

const seconds = (max: number) => fc.integer({ min: 1, max });
const SCENARIOS = ['chip_fault', 'node_fault', 'job_hanged'];

export const jobStories: fc.Arbitrary<readonly JobStory[]> = fc
  .array(
    fc.record({
      created: fc.integer({ min: -600, max: 1_800 }),
      wait: seconds(300),
      nodes: fc.integer({ min: 1, max: 8 }),
      pool: fc.constantFrom('pool-a', 'pool-b'),
      faults: fc.array(
        fc.record({
          after: seconds(300),
          downgrades: fc.array(seconds(30), { maxLength: 2 }),
          recovery: seconds(120),
          rebuild: fc.constantFrom(0, 0, 40),
          scenario: fc.constantFrom(...SCENARIOS),
        }),
        { maxLength: 3 },
      ),
      preempted: fc.option(seconds(200), { nil: undefined }),
      last: seconds(600),
      end: fc.constantFrom('Completed' as const, 'Failed' as const, 'Terminated' as const),
      lostTo: fc.option(fc.constantFrom(...SCENARIOS), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((stories) => stories.map((story, index) => ({ ...story, id: `job-${index}` })));

/** From when to when the job runs, or is being recovered; `scenario` where a fault keeps it from running. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly what: 'run' | 'lost';
  readonly scenario?: string;
  readonly recovers?: boolean;
}

/** What happens in a story, in seconds since the beginning. */
export function stretchesOf(story: JobStory): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let at = story.created + story.wait;
  const run = (duration: number) => {
    stretches.push({ from: at, to: at + duration, what: 'run' });
    at += duration;
  };
  for (const { after, downgrades, recovery, rebuild, scenario } of story.faults) {
    run(after);
    const lost = downgrades.reduce((sum, each) => sum + each, 0) + recovery + rebuild;
    stretches.push({ from: at, to: at + lost, what: 'lost', scenario, recovers: true });
    at += lost;
  }
  if (story.preempted !== undefined) {
    run(60);
    at += story.preempted;
  }
  run(story.last);
  if (story.end === 'Failed' && story.lostTo !== undefined) {
    stretches.push({ from: at, to: at + 20, what: 'lost', scenario: story.lostTo, recovers: false });
  }
  return stretches;
}

/** The instant at which a story ends. */
export function endOf(story: JobStory): number {
  return stretchesOf(story).at(-1)?.to ?? 0;
}

type Record = Job['running_records'][number];
type Recovery = Record['recover_records'][number];

/** The job as the API shows it at an instant; undefined before it is created. */
export function jobAt(
  story: JobStory,
  beginning: number,
  now: number,
): (Partial<Job> & { id: string }) | undefined {
  const second = (at: number) => beginning / 1000 + at;
  const elapsed = (now - beginning) / 1000;
  if (elapsed < story.created) return undefined;
  const records: Record[] = [];
  let fault = 0;
  for (const { from, to, what, recovers, scenario = '' } of stretchesOf(story)) {
    if (elapsed < from) break;
    const before = records.at(-1);
    if (what === 'run') {
      const ended = elapsed >= to ? { end_at: second(to) } : {};
      const inPlace = before !== undefined && before.end_at === undefined;
      if (inPlace) Object.assign(before, ended);
      else records.push({ start_at: second(from), start_type: 'restarted', recover_records: [], ...ended });
      continue;
    }
    const { downgrades = [], rebuild = 0, recovery = 20 } = recovers ? (story.faults[fault++] ?? {}) : {};
    // In place the run goes on, and its record too.
    if (recovers && rebuild === 0) delete before?.end_at;
    let start = from;
    const tries = [...downgrades.map((length) => ['downgrade', length] as const)];
    const results = [...tries, [recovers ? 'success' : 'quotaExceeded', recovery] as const];
    for (const [index, [result, length]] of results.entries()) {
      if (elapsed < start) break;
      const isOver = elapsed >= start + length;
      const record: Recovery = {
        recover_start_at: second(start),
        recover: index % 2 === 0 ? 'proc_restart' : 'job_reschedule',
        fault_scenario: scenario,
        reason: '',
        related_task: 'worker-0',
        recover_result: isOver ? result : 'recovering',
        ...(isOver ? { recover_end_at: second(start + length) } : { recover_end_at: 0 }),
      };
      before?.recover_records.push(record);
      start += length;
    }
  }
  const started = elapsed >= story.created + story.wait;
  const ended = elapsed >= endOf(story);
  const last = records.at(-1);
  if (ended && last !== undefined) last.end_at ??= second(endOf(story));
  const running = last !== undefined && last.end_at === undefined;
  return {
    id: story.id,
    name: story.id,
    phase: ended ? story.end : !started ? 'Pending' : running ? 'Running' : 'Pending',
    create_time: beginning + story.created * 1000,
    start_time: started ? beginning + (story.created + story.wait) * 1000 : undefined,
    end_time: ended ? beginning + endOf(story) * 1000 : undefined,
    node_count: story.nodes,
    pool_id: story.pool,
    running_records: records,
  };
}
