import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import type { KindName } from '../src/kind-table.ts';
import type { Cloud } from '../src/simulator/cloud.ts';
import type { PoolEvent, UpdateRecord } from '../src/simulator/model.ts';
import { type Random, seededRandom } from '../src/simulator/seeded-random.ts';
import {
  PROJECT,
  type RunningExporter,
  runExporter,
  runSocketlessExporter,
} from './collection/running-exporter.ts';
import { seeds } from './laws.ts';
import { anyDialect } from './simulator-kit/any-dialect.ts';
import type { Fault } from './simulator-kit/faults/fault.ts';
import { countEvents, countUpdates } from './simulator-kit/ground-truth.ts';

const START = Date.parse('2024-05-06T07:08:09.123Z');
const OVERLAP = 300_000;
const SERVICES = ['service-a', 'service-b', 'service-c'];
const JOBS = ['job-a', 'job-b'];
const POOLS = ['pool-a', 'pool-b'];

/** Draws of one seeded story. */
function draws(random: Random) {
  const integer = (min: number, max: number) => min + Math.floor(random() * (max - min + 1));
  return {
    integer,
    chance: (probability: number) => random() < probability,
    pick: <const T>(values: readonly [T, ...T[]]): T => values[integer(0, values.length - 1)] ?? values[0],
  };
}

type Draws = ReturnType<typeof draws>;

const FAULTS: readonly [Fault, ...Fault[]] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503 },
  { kind: 'reset' },
  { kind: 'cut' },
  { kind: 'truncated_json' },
  { kind: 'not_json' },
  { kind: 'throttled', retryAfter: 1 },
  { kind: 'throttled', message: 'policy user over ratelimit,limit:200,time:1 minute' },
];

/** Where no total is told, such a list is an empty one, and what came late may stay unread behind it. */
const WITH_LOST_LISTS: typeof FAULTS = [...FAULTS, { kind: 'wrong_shape', shape: 'list_is_missing' }];

/** What happens in a cloud between two polls: late, tied and identical events are the rule. */
function storyteller(cloud: Cloud, { integer, chance, pick }: Draws) {
  const newest = new Map<string, number>();
  const records: { event: PoolEvent }[] = [];
  const running: UpdateRecord[] = [];
  const instants = (target: string, now: number, step: number): number => {
    const before = newest.get(target) ?? START;
    const at = chance(0.3)
      ? // Late, but within the overlap of whatever was told before.
        Math.max(before - integer(0, OVERLAP / 1000 - 2) * 1000, START)
      : Math.max(before, now - integer(0, 20_000));
    newest.set(target, Math.max(before, at));
    return Math.floor(at / step) * step;
  };
  return (now: number): void => {
    for (const id of SERVICES) {
      if (!chance(0.6)) continue;
      let at = instants(id, now, 1);
      for (let count = integer(1, 9); count > 0; count -= 1) {
        cloud.addServiceEvent(id, {
          event_type: pick(['normal', 'abnormal', 'normal', 'Warning']),
          event_info: pick(['a', 'b', 'preparing environment', '']),
          occur_time: at,
        });
        if (chance(0.4)) at = instants(id, now, 1);
      }
      if (chance(0.4)) {
        running.push(cloud.addUpdateRecord(id, { result: 'RUNNING', update_time: now, config: [] }));
      }
    }
    for (const record of running.splice(0)) {
      if (chance(0.5)) record.result = pick(['SUCCESS', 'FAIL']);
      else running.push(record);
    }
    for (const id of JOBS) {
      if (!chance(0.6)) continue;
      let at = instants(id, now, 1000);
      for (let count = integer(1, 9); count > 0; count -= 1) {
        cloud.addJobEvent(id, {
          time: at,
          level: pick(['Info', 'Warning', 'Error']),
          source: pick(['K8S', 'K8s', 'Job', 'Task']),
          message: pick(['Training job is running.', '[worker-0] Training finished. Exit code 1.']),
        });
        if (chance(0.4)) at = instants(id, now, 1000);
      }
    }
    for (const id of POOLS) {
      if (!chance(0.6)) continue;
      for (let count = integer(1, 4); count > 0; count -= 1) {
        const event = cloud.addPoolEvent(id, {
          type: pick(['Normal', 'Warning']),
          reason: pick(['PoolStatusChange', 'PoolResourcesStatusChange', 'NodeLost']),
          // Records of a pool are told apart by their content.
          message: `change ${records.length}`,
          firstTimestamp: Math.max(instants(id, now, 1000), START),
        });
        records.push({ event });
      }
    }
    for (const { event } of records) {
      if (chance(0.1)) cloud.growPoolEvent(event, now, integer(1, 3));
    }
  };
}

/** Totals as the exporter shows them, by target and class, without zeros. */
function shownTotals(run: Pick<RunningExporter, 'series'>): Map<string, number> {
  const totals = new Map<string, number>();
  for (const [name, value] of run.series()) {
    if (!/_(events|updates)_total\{/.test(name)) continue;
    const labels = Object.fromEntries(
      [...name.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', text = '']) => [label, text]),
    );
    const id = labels['service_id'] ?? labels['training_job_id'] ?? labels['pool'];
    const classes = ['event_type', 'level', 'source', 'type', 'reason', 'result'].flatMap((label) =>
      labels[label] === undefined ? [] : [labels[label]],
    );
    totals.set([id, ...classes].join(' '), value);
  }
  return totals;
}

function trueTotals(cloud: Cloud): Map<string, number> {
  const truth = new Map<string, number>();
  for (const { target, classes, count } of countEvents(cloud, START)) {
    // The simulator's own third type is outside the closed set.
    const key = [target, ...classes.map((each) => (target.startsWith('service') ? closed(each) : each))];
    truth.set(key.join(' '), (truth.get(key.join(' ')) ?? 0) + count);
  }
  for (const [id, { success, fail }] of countUpdates(cloud, START)) {
    truth.set(`${id} success`, success);
    truth.set(`${id} fail`, fail);
  }
  return truth;
}

function counted(totals: ReadonlyMap<string, number>): [string, number][] {
  return [...totals].filter(([, count]) => count > 0).sort();
}

function kindOf(target: string): KindName {
  return target.startsWith('service') ? 'service' : target.startsWith('job') ? 'training_job' : 'pool';
}

function closed(eventType: string): string {
  return ['normal', 'abnormal'].includes(eventType) ? eventType : 'other';
}

async function tell(seed: number, start: typeof runExporter | typeof runSocketlessExporter): Promise<void> {
  const chosen = draws(seededRandom(seed, 'exporter'));
  const dialect = anyDialect(chosen.pick);
  const totals = [dialect.serviceEvents.total, dialect.trainingJobEvents.total];
  const faults = totals.includes('missing') ? FAULTS : WITH_LOST_LISTS;
  const run = await start(
    {
      limits: { events_per_poll: chosen.pick([15, 40, 10_000]), pool_reasons: 50 },
      project: {
        pool_events: dialect.poolEvents.paging,
        services: SERVICES.map((id) => ({ id })),
        training_jobs: JOBS.map((id) => ({ id })),
        pools: POOLS.map((name) => ({ name })),
      },
    },
    { now: START, dialect, seed },
  );
  const { cloud, simulator } = run;
  for (const service_id of SERVICES) cloud.addService(PROJECT, { service_id });
  for (const id of JOBS) cloud.addJob(PROJECT, { id });
  for (const name of POOLS) cloud.addPool(PROJECT, { name });
  const happen = storyteller(cloud, chosen);

  let before = new Map<string, number>();
  const check = () => {
    const totals = shownTotals(run);
    const truth = trueTotals(cloud);
    expect([...before].filter(([name, value]) => (totals.get(name) ?? 0) < value)).toEqual([]);
    expect([...totals].filter(([name, value]) => value > (truth.get(name) ?? 0))).toEqual([]);
    before = totals;
  };
  for (let round = 0; round < 20; round += 1) {
    simulator.faults.clear();
    if (chosen.chance(0.6)) simulator.faults.add(chosen.pick(faults), { probability: 0.3 });
    await run.poll(chosen.integer(1, 90_000));
    happen(run.now());
    check();
  }
  simulator.faults.clear();
  // Whatever stopped at a limit goes on, and what `since` hid is caught by the read without it.
  const isWhole = () => isDeepStrictEqual(counted(shownTotals(run)), counted(trueTotals(cloud)));
  for (let rest = 0; rest < 15 && !isWhole(); rest += 1) await run.poll(300_000);
  check();
  // Where a poll may have passed over events, the exporter has said so.
  const self = await run.self();
  const lossless = (id: string) =>
    self.get(`modelarts_truncated_polls_total{project="prod",kind="${kindOf(id)}"}`) === 0;
  const known = (totals: Map<string, number>) => counted(totals).filter(([name]) => lossless(name));
  expect(known(before)).toEqual(known(trueTotals(cloud)));
  // And there they stay.
  for (let rest = 0; rest < 5; rest += 1) await run.poll(1_500_000);
  check();
  expect(known(before)).toEqual(known(trueTotals(cloud)));
}

test.each(seeds(12))(
  'whatever happens, comes late, repeats, grows or fails, totals end at the truth (seed %i)',
  (seed) => tell(seed, runSocketlessExporter),
);

test.each(seeds(1))('they do so over HTTP (seed %i)', (seed) => tell(seed, runExporter));

test('in the steady state a refresh of a target costs one request', async () => {
  const run = await runSocketlessExporter(
    {
      project: {
        services: SERVICES.map((id) => ({ id })),
        training_jobs: JOBS.map((id) => ({ id })),
        pools: POOLS.map((name) => ({ name })),
      },
    },
    { now: START },
  );
  const { cloud, simulator } = run;
  for (const service_id of SERVICES) cloud.addService(PROJECT, { service_id });
  for (const id of JOBS) cloud.addJob(PROJECT, { id });
  for (const name of POOLS) cloud.addPool(PROJECT, { name });
  const happen = storyteller(cloud, draws(seededRandom(1)));
  for (let round = 0; round < 5; round += 1) {
    happen(run.now());
    await run.poll();
  }
  for (const id of SERVICES) for (const record of cloud.service(id).logs) record.result = 'SUCCESS';
  await run.poll();
  simulator.requests.clear();
  for (let round = 0; round < 10; round += 1) await run.poll();
  expect(simulator.requests.count()).toBe(10 * (SERVICES.length + JOBS.length + POOLS.length));
});
