import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Target } from '../../src/collection/target.ts';
import type { TargetRecord } from '../../src/collection/target-record.ts';
import { TARGET_FAMILIES, targetSeries } from '../../src/collection/target-series.ts';
import type { TargetSettings } from '../../src/collection/target-settings.ts';
import type { DiscoveryConfig, ProjectConfig } from '../../src/config/config.ts';
import { KIND_NAMES } from '../../src/kind-table.ts';
import type { Discovered } from '../../src/kinds/discovered.ts';
import { KINDS } from '../../src/kinds/kinds.ts';
import { LabelBounds } from '../../src/metrics/label-bounds.ts';
import { SeriesStore } from '../../src/metrics/series-store.ts';
import type { Api, Operation } from '../../src/modelarts/api.ts';
import { ApiError } from '../../src/modelarts/errors.ts';
import { systemTimers } from '../../src/timers.ts';
import { runs } from '../laws.ts';
import { parseExposition } from '../metrics/parse.ts';
import { keptSeries } from './kept-series.ts';
import { type Change, changed, changes } from './mutation.ts';
import { type ReadOperation, VALID_BODIES } from './valid-bodies.ts';

const NOW = Date.parse('2024-05-06T07:08:09.123Z');
const YEAR = 365 * 86_400_000;
const DISCOVERED = { origin: 'discovered', configuredName: undefined, extras: [] } as const;
const SETTINGS: TargetSettings = {
  lookback: 10 * YEAR,
  overlap: 300_000,
  window: YEAR,
  limits: { eventsPerPoll: 100, poolReasons: 4, labelValues: 100, workers: 4, responseBytes: 1e6 },
  countingSince: 0,
};
const DISCOVERY: DiscoveryConfig = {
  enabled: true,
  refresh: 300_000,
  linger: 0,
  include: [],
  exclude: [],
  status: [],
  createdWithin: 10 * YEAR,
  extras: [],
};
/** A read that goes on beyond it has no end: no answer holds more than some ten items. */
const REQUESTS_MAX = 5_000;

const round = fc.record({
  later: fc.constantFrom(0, 1, 1_000, 60_000, 3_600_000),
  answers: fc.array(changes, { minLength: 1, maxLength: 4 }),
});
const story = fc.record({
  kind: fc.constantFrom(...KIND_NAMES),
  poolEvents: fc.constantFrom('continue' as const, 'offset' as const),
  rounds: fc.array(round, { minLength: 1, maxLength: 4 }),
});

/** The bodies of a round, which are made once for all who ask for them. */
function bodiesOf(answers: readonly (readonly Change[])[]): (operation: Operation) => readonly unknown[] {
  const made = new Map<Operation, readonly unknown[]>();
  return (operation) => {
    const bodies =
      made.get(operation) ??
      answers.map((changes) => changed(VALID_BODIES[operation as ReadOperation], changes));
    made.set(operation, bodies);
    return bodies;
  };
}

/** Each request gets the next of the bodies of its operation, and then the last one for ever. */
function answering(bodies: (operation: Operation) => readonly unknown[]) {
  let requests = 0;
  const told = new Map<Operation, number>();
  const api: Api = {
    async request({ operation }) {
      requests += 1;
      if (requests > REQUESTS_MAX) throw new ApiError('other', 'enough');
      const before = told.get(operation) ?? 0;
      told.set(operation, before + 1);
      const all = bodies(operation);
      return all[Math.min(before, all.length - 1)];
    },
  };
  return { api, requests: () => requests };
}

function exposition(targets: Iterable<Target>, now: number): string {
  const store = new SeriesStore(TARGET_FAMILIES);
  for (const target of targets) store.put(target.key, targetSeries(target, now, new LabelBounds(100)));
  return [...store.chunks('text')].join('');
}

test('whatever is listed and read, all series together are unique, finite and kept', async () => {
  const play = async ({
    kind,
    poolEvents,
    rounds,
  }: typeof story extends fc.Arbitrary<infer S> ? S : never) => {
    const project = { name: 'prod', region: 'r', poolEvents, api: { language: 'en-us' } } as ProjectConfig;
    const create = (id: string, record?: TargetRecord) =>
      new Target({ project, kind, id }, SETTINGS, NOW, record);
    const targets = new Map([['listed', create('listed')]]);
    let known = new Map<string, Discovered<unknown>>();
    let now = NOW;
    for (const { later, answers } of rounds) {
      now += later;
      const bodies = bodiesOf(answers);
      const listing = answering(bodies);
      try {
        const found = await KINDS[kind].listing.discover({
          api: listing.api,
          settings: DISCOVERY,
          known,
          doubted: new Set(),
          whole: true,
          now,
        });
        known = new Map(found.map((one) => [one.id, one]));
      } catch (error) {
        expect(error).toBeInstanceOf(ApiError);
      }
      expect(listing.requests()).toBeLessThanOrEqual(REQUESTS_MAX);
      for (const listed of known.values()) {
        const { id, name } = listed;
        const target = targets.get(id) ?? create(id);
        targets.set(id, target);
        const wanted = { ...DISCOVERED, discoveredName: name };
        target.configure(project, SETTINGS, wanted, false);
        target.takeListed(listed, now);
      }
      for (const target of targets.values()) {
        const read = answering(bodies);
        const { error } = await target.refresh(read.api, { clock: () => now, timers: systemTimers });
        if (error?.message === 'unexpected error' || read.requests() > REQUESTS_MAX)
          expect.fail(`${error} after ${read.requests()} requests`);
        const copy = create(target.id, JSON.parse(JSON.stringify(target.record([]))));
        const [kept, before] = [keptSeries(copy, now), keptSeries(target, now)];
        if (kept !== before) expect(kept).toBe(before);
      }
      const series = parseExposition(exposition(targets.values(), now));
      expect([...series].filter(([, value]) => !Number.isFinite(Number(value)))).toEqual([]);
    }
  };
  await fc.assert(fc.asyncProperty(story, play), runs(500));
});
