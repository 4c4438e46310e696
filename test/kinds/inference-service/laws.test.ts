import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import type { Cloud } from '../../../src/simulator/cloud.ts';
import type { InferenceDialect } from '../../../src/simulator/dialect.ts';
import type { InferenceEvent } from '../../../src/simulator/model.ts';
import { seededRandom } from '../../../src/simulator/seeded-random.ts';
import {
  PROJECT,
  type RunningExporter,
  runExporter,
  runSocketlessExporter,
} from '../../collection/running-exporter.ts';
import { seeds } from '../../laws.ts';
import type { Fault } from '../../simulator-kit/faults/fault.ts';
import { countEvents } from '../../simulator-kit/ground-truth.ts';

const START = Date.parse('2026-05-06T07:08:09.123Z');
const SERVICES = ['service-a', 'service-b'];

/** Draws of one seeded story. */
function draws(seed: number) {
  const random = seededRandom(seed, 'inference');
  const integer = (min: number, max: number) => min + Math.floor(random() * (max - min + 1));
  return {
    integer,
    chance: (probability: number) => random() < probability,
    pick: <const T>(values: readonly [T, ...T[]]): T => values[integer(0, values.length - 1)] ?? values[0],
  };
}

type Draws = ReturnType<typeof draws>;

function anyDialect({ pick }: Draws): Partial<InferenceDialect> {
  return {
    offset: pick(['page', 'record']),
    order: pick(['honoured', 'honoured', 'as_came']),
    filterOn: pick(['create_at', 'update_at']),
    pageCap: pick([2, 5, 7, 25, 1000]),
    total: pick(['number', 'missing']),
    repeats: pick(['grow', 'grow', 'new_rows']),
  };
}

const FAULTS: readonly [Fault, ...Fault[]] = [
  { kind: 'status', status: 500 },
  { kind: 'reset' },
  { kind: 'cut' },
  { kind: 'not_json' },
  { kind: 'wrong_shape', shape: 'list_is_missing' },
  { kind: 'throttled', retryAfter: 1 },
];

/** What happens between two polls: new events, of which many are alike, and repeats of old ones. */
function storyteller(
  cloud: Cloud,
  { integer, chance, pick }: Draws,
  hasIds: boolean,
  { repeats }: Partial<InferenceDialect>,
) {
  // Rows of one instant without ids are one event, unless one answer shows them all.
  const isAmbiguous = !hasIds && repeats === 'new_rows';
  const told = new Map<string, InferenceEvent[]>(SERVICES.map((id) => [id, []]));
  return (now: number): void => {
    for (const [id, events] of told) {
      if (!chance(0.6)) continue;
      for (let count = integer(1, 6); count > 0; count -= 1) {
        // Without ids, only what is told at another instant or in other words is another event.
        const at = now - integer(0, 20_000);
        const event = {
          event_type: pick(['NORMAL', 'ABNORMAL', 'WARNING', 'Critical']),
          event_info: hasIds ? pick(['a', 'b']) : `event ${events.length}`,
          at,
          count: isAmbiguous ? 1 : integer(1, 3),
        };
        events.push(cloud.addInferenceEvent(id, hasIds ? event : { ...event, id: '' }));
      }
      for (const event of events)
        if (chance(0.1)) cloud.repeatInferenceEvent(event, now, isAmbiguous ? 1 : integer(1, 4));
    }
  };
}

function shownTotals(run: Pick<RunningExporter, 'series'>): Map<string, number> {
  const totals = new Map<string, number>();
  for (const [name, value] of run.series()) {
    const [, id, type] =
      /^modelarts_inference_service_events_total\{.*inference_service_id="([^"]+)".*event_type="(\w+)"/.exec(
        name,
      ) ?? [];
    if (id !== undefined && value > 0) totals.set(`${id} ${type}`, value);
  }
  return totals;
}

function trueTotals(cloud: Cloud): Map<string, number> {
  const truth = new Map<string, number>();
  for (const { target, classes, count } of countEvents(cloud, START)) {
    const [type = ''] = classes;
    const key = `${target} ${['normal', 'abnormal', 'warning'].includes(type) ? type : 'other'}`;
    truth.set(key, (truth.get(key) ?? 0) + count);
  }
  return truth;
}

async function tell(seed: number, start: typeof runExporter | typeof runSocketlessExporter): Promise<void> {
  const chosen = draws(seed);
  const dialect = anyDialect(chosen);
  const hasIds = chosen.chance(0.7);
  const run = await start(
    {
      limits: { events_per_poll: chosen.pick([15, 40, 10_000]) },
      project: { inference_services: SERVICES.map((id) => ({ id })) },
    },
    { now: START, dialect: { inference: dialect }, seed },
  );
  const { cloud, simulator } = run;
  for (const id of SERVICES) cloud.addInferenceService(PROJECT, { id });
  // History: it is known, and does not count.
  for (const id of SERVICES) {
    for (let i = chosen.integer(0, 25); i > 0; i -= 1) {
      cloud.addInferenceEvent(id, {
        event_type: 'NORMAL',
        event_info: `long ago ${i}`,
        at: START - 40 * 86_400_000 - i,
        count: 7,
      });
    }
  }
  for (let round = 0; round < 6; round += 1) await run.poll(30_000);
  const happen = storyteller(cloud, chosen, hasIds, dialect);
  let before = new Map<string, number>();
  const check = () => {
    const totals = shownTotals(run);
    const truth = trueTotals(cloud);
    expect([...before].filter(([name, value]) => (totals.get(name) ?? 0) < value)).toEqual([]);
    expect([...totals].filter(([name, value]) => value > (truth.get(name) ?? 0))).toEqual([]);
    before = totals;
  };
  for (let round = 0; round < 15; round += 1) {
    simulator.faults.clear();
    if (chosen.chance(0.5)) simulator.faults.add(chosen.pick(FAULTS), { probability: 0.3 });
    await run.poll(chosen.integer(20_000, 90_000));
    happen(run.now());
    check();
  }
  simulator.faults.clear();
  const truth = [...trueTotals(cloud)].sort();
  // What stopped at a limit goes on.
  for (let rest = 0; rest < 100 && !isDeepStrictEqual([...before].sort(), truth); rest += 1) {
    await run.poll(60_000);
    check();
  }
  expect([...before].sort(), JSON.stringify([dialect, hasIds])).toEqual(truth);
  // And it stays so.
  for (let rest = 0; rest < 5; rest += 1) await run.poll(300_000);
  check();
  expect([...before].sort(), JSON.stringify([dialect, hasIds])).toEqual(truth);
}

test.each(seeds(30))(
  'any pages, any order, any overlap: the same sum, in every reading of the documents (seed %i)',
  (seed) => tell(seed, runSocketlessExporter),
);

test.each(seeds(1))('and over HTTP (seed %i)', (seed) => tell(seed, runExporter));
