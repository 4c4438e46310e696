import { expect, test } from 'vitest';
import { Target } from '../../src/collection/target.ts';
import type { TargetSettings } from '../../src/collection/target-settings.ts';
import type { ProjectConfig } from '../../src/config/config.ts';
import type { Api } from '../../src/modelarts/api.ts';
import { systemTimers } from '../../src/timers.ts';

const NOW = Date.parse('2024-05-06T07:08:09.123Z');
const DAY = 86_400_000;
const SETTINGS: TargetSettings = {
  lookback: DAY,
  overlap: 300_000,
  window: 3_600_000,
  limits: { eventsPerPoll: 10_000, poolReasons: 50, labelValues: 100, workers: 100, responseBytes: 1e6 },
  countingSince: NOW - 1,
};
const PROJECT = {
  name: 'prod',
  region: 'r',
  poolEvents: 'continue',
  api: { language: 'en-us' },
} as ProjectConfig;

function create(kind: 'service' | 'training_job' | 'pool', countingSince = SETTINGS.countingSince): Target {
  return new Target({ project: PROJECT, kind, id: 'a' }, { ...SETTINGS, countingSince }, NOW);
}

test('the epoch is the later of the start and the lookback, in the resolution of the kind', () => {
  expect(create('service').counting.since).toBe(NOW - 1);
  expect(create('service', 0).counting.since).toBe(NOW - DAY);
  const second = Math.floor(NOW / 1000) * 1000;
  expect(create('training_job').counting.since).toBe(second);
  expect(create('pool', 0).counting.since).toBe(second - DAY);
});

test('what counts is also told of: nothing of the first second is too early for alerts and the event log', () => {
  expect(create('service', 0).counting.lookbackStart).toBe(create('service', 0).counting.since);
  expect(create('pool', 0).counting.lookbackStart).toBe(create('pool', 0).counting.since);
});

test('a name that discovery found survives in the state', () => {
  const target = create('pool');
  target.configure(
    PROJECT,
    SETTINGS,
    { origin: 'discovered', configuredName: undefined, discoveredName: 'lab', extras: [] },
    false,
  );
  const record = JSON.parse(JSON.stringify(target.record([])));
  const identity = { project: PROJECT, kind: 'pool', id: 'a' } as const;
  expect(new Target(identity, SETTINGS, NOW, record).name).toBe('lab');
});

test('a page of more events than fit on the stack is counted whole', async () => {
  const events = Array.from({ length: 130_000 }, (_, n) => ({
    event_type: 'normal',
    event_info: `${n}`,
    occur_time: NOW,
  }));
  const api: Api = {
    request: async ({ operation }) =>
      operation === 'service_events' ? { total_count: events.length, events } : { logs: [] },
  };
  const target = create('service');
  const { error, occurrences } = await target.refresh(api, { clock: () => NOW, timers: systemTimers });
  expect(error).toBeUndefined();
  expect(occurrences.length).toBe(130_000);
  expect(target.counting.tally.totals()[0]).toEqual([['normal'], 130_000]);
});

test('whatever is thrown is a failure of the target, told by its health', async () => {
  const target = create('pool');
  const api: Api = { request: () => Promise.reject(new TypeError('a mistake')) };
  const { error } = await target.refresh(api, { clock: () => NOW, timers: systemTimers });
  expect(error?.reason).toBe('other');
  expect(target.reads.health).toMatchObject({ up: false, lastAttempt: NOW, lastSuccess: undefined });
  expect(target.reads.hasSucceeded).toBe(false);
});
