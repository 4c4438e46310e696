import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { AlertBridge } from '../../src/alerting/bridge.ts';
import { Collector } from '../../src/collection/collector.ts';
import { Reporter } from '../../src/collection/reporter.ts';
import { TARGET_FAMILIES } from '../../src/collection/target-series.ts';
import { TargetStore } from '../../src/collection/target-store.ts';
import { ProjectTotals } from '../../src/metrics/project-totals.ts';
import { Scrapers } from '../../src/metrics/scrapers.ts';
import { SelfMetrics } from '../../src/metrics/self-metrics.ts';
import { SeriesStore } from '../../src/metrics/series-store.ts';
import { ApiError } from '../../src/modelarts/errors.ts';
import { systemTimers } from '../../src/timers.ts';
import { configOf } from '../configuration.ts';
import { recordingLog } from '../state/state-entries.ts';

const MINUTE = 60_000;

/** Pools, and which of them are found down. */
function scene(settings: object, names: readonly string[] = ['p']) {
  const config = configOf({
    ...settings,
    projects: [
      {
        name: 'prod',
        region: 'r',
        project_id: 'x',
        auth: { token: 't' },
        pools: names.map((name) => ({ name })),
      },
    ],
  });
  const time = { now: 1_000 * MINUTE };
  const clock = () => time.now;
  const log = recordingLog();
  const shard = { index: 0, count: 1 };
  const metrics = new SelfMetrics({
    version: '1.2.3',
    shard,
    startedAt: 0,
    scrapers: new Scrapers({ now: () => 0 }),
    firing: () => [],
    loads: () => [],
  });
  const rules = {
    resolveAfter: 30 * MINUTE,
    keepFiringFor: 0,
    minSeverity: 'warning',
    labels: {},
    externalUrl: '',
  } as const;
  const bridge = new AlertBridge(rules, {
    downAfter: (target) => collector.downAfter(target),
    projectDownAfter: () => 90_000,
    isThrottled: () => false,
    onChange: () => {},
  });
  const cloud = { isBroken: false, answers: Promise.resolve(), part: 20, throttledFor: 0 };
  const reporter = new Reporter({ clock, metrics, bridge, eventLog: undefined, log });
  const totals = new ProjectTotals({}, new Scrapers({ now: () => 0 }), {
    countingSince: time.now,
    totals: [],
  });
  const collector = new Collector(config, {
    clock,
    cloudClocks: { now: () => undefined },
    timers: systemTimers,
    countingSince: time.now,
    shard,
    series: new SeriesStore(TARGET_FAMILIES),
    metrics,
    totals,
    bridge,
    reporter,
    store: new TargetStore({
      file: undefined,
      clock,
      bridge,
      eventLog: undefined,
      metrics,
      totals,
      recent: reporter.recent,
      quotas: undefined,
      scrapers: { state: () => [] },
      pauses: [],
      log,
    }),
    log,
    createApi: () => ({
      timers: systemTimers,
      async request() {
        await cloud.answers;
        if (cloud.isBroken) throw new ApiError('server', 'broken');
        return { items: [] };
      },
      projectId: async () => 'x',
      isThrottled: () => false,
      load: () => ({ rate: 20, part: cloud.part, isScarce: false, throttledFor: cloud.throttledFor }),
      close: () => {},
    }),
  });
  const pass = (minutes: number) => {
    time.now += minutes * MINUTE;
    bridge.tick(time.now);
    return bridge.active().map(({ annotations }) => annotations['reason']);
  };
  const down = () => bridge.active().map(({ labels }) => labels['pool']);
  const read = () => collector.collect(Number.POSITIVE_INFINITY);
  return { cloud, pass, down, read };
}

test('where only scrapes have it read, a target is not down for being scraped rarely, but for failing', async () => {
  const { cloud, pass, read } = scene({});
  expect(pass(10)).toEqual([]);
  await read();
  expect(pass(10)).toEqual([]);
  cloud.isBroken = true;
  await read();
  expect(pass(1)).toEqual(['server']);
  cloud.isBroken = false;
  await read();
  expect(pass(10)).toEqual([]);
});

test.each([
  { collection: { schedule: 'background' } },
  { alerting: { alertmanagers: [{ url: 'http://127.0.0.1:9093' }] } },
])('where it is read anyway, a target whose reads do not end is down (%j)', async (settings) => {
  const { pass, read } = scene(settings);
  await read();
  expect(pass(1)).toEqual([]);
  expect(pass(1)).toEqual(['other']);
});

test('who waits for its turn is not down, neither in the first round nor in a later one', async () => {
  const settings = {
    api: { concurrency: 1 },
    alerting: { alertmanagers: [{ url: 'http://127.0.0.1:9093' }] },
  };
  const { cloud, pass, down, read } = scene(settings, ['p', 'q']);
  /** Nothing is answered until the end of the work. */
  const whileSilent = async (work: () => void) => {
    let answer = () => {};
    cloud.answers = new Promise((resolve) => {
      answer = resolve;
    });
    const reading = read();
    // The first in the queue has its turn.
    await setImmediate();
    work();
    answer();
    await reading;
  };
  await whileSilent(() => expect(pass(10)).toEqual([]));
  expect(pass(1)).toEqual([]);
  await whileSilent(() => {
    pass(10);
    expect(down()).toEqual(['p']);
  });
  expect(pass(1)).toEqual([]);
});

test('a round takes as long as the part of the quota makes it that other projects leave', async () => {
  const { cloud, pass, read } = scene({ alerting: { alertmanagers: [{ url: 'http://127.0.0.1:9093' }] } });
  await read();
  cloud.part = 1 / 200;
  expect(pass(9)).toEqual([]);
  expect(pass(2)).toEqual(['other']);
});

test('a read whose requests wait for the quota is no sign that the target is down, one that hangs is', async () => {
  const { cloud, pass, read } = scene({ alerting: { alertmanagers: [{ url: 'http://127.0.0.1:9093' }] } });
  await read();
  let answer = () => {};
  cloud.answers = new Promise((resolve) => {
    answer = resolve;
  });
  pass(1);
  const reading = read();
  await setImmediate();
  cloud.throttledFor += 600;
  expect(pass(10)).toEqual([]);
  expect(pass(1)).toEqual(['other']);
  answer();
  await reading;
});
