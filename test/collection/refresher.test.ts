import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Line } from '../../src/collection/line.ts';
import type { ProjectApi } from '../../src/collection/project.ts';
import { Refresher } from '../../src/collection/refresher.ts';
import { Target } from '../../src/collection/target.ts';
import type { TargetSettings } from '../../src/collection/target-settings.ts';
import type { ProjectConfig } from '../../src/config/config.ts';
import { systemTimers } from '../../src/timers.ts';
import { recordingLog } from '../state/state-entries.ts';

const INTERVAL = 30_000;
const SETTINGS: TargetSettings = {
  lookback: 86_400_000,
  overlap: 300_000,
  window: 3_600_000,
  limits: { eventsPerPoll: 10_000, poolReasons: 50, labelValues: 100, workers: 100, responseBytes: 1e6 },
  countingSince: 0,
};

/** Pools of one project that are read one at a time; each read takes so long, by the refresher's clock. */
function scene({ takes = 0, show = async () => {} }: { takes?: number; show?: () => Promise<void> } = {}) {
  const time = { now: 1_000_000 };
  const project = { name: 'prod', region: 'r', poolEvents: 'continue' } as ProjectConfig;
  const targets = ['a', 'b', 'c'].map((id) => new Target({ project, kind: 'pool', id }, SETTINGS, time.now));
  const reads: string[] = [];
  const api: ProjectApi = {
    async request({ path }) {
      reads.push(path);
      await setImmediate();
      time.now += takes;
      return { items: [] };
    },
    timers: systemTimers,
    projectId: async () => 'id',
    isThrottled: () => false,
    load: () => ({ rate: 20, part: 20, isScarce: false, throttledFor: 0 }),
    close: () => {},
  };
  const line = new Line({ concurrency: 1, api, timers: systemTimers, listingsShare: () => 0 });
  const refresher = new Refresher({
    log: recordingLog(),
    clock: () => time.now,
    timers: systemTimers,
    projects: { get: () => ({ line, exposeInfo: () => {}, lookFor: async () => {} }) },
    reporter: { report: () => {}, readEnded: () => {} },
    exposition: { show, readBegins: () => {}, readEnded: () => {} },
  });
  const refresh = (due: readonly Target[]) => Promise.all(due.map((target) => refresher.refresh(target)));
  return { time, targets, reads, line, refresher, refresh };
}

test('what has to wait for its turn in one scrape is due again with the next', async () => {
  const { time, targets, refresher, refresh } = scene({ takes: 5_000 });
  const began = time.now;
  await refresh(refresher.due(targets, INTERVAL));
  expect(targets.map(({ reads }) => reads.health.lastAttempt)).toEqual([
    began,
    began + 5_000,
    began + 10_000,
  ]);
  time.now = began + 0.9 * INTERVAL - 1;
  expect(refresher.due(targets, INTERVAL)).toEqual([]);
  time.now = began + INTERVAL;
  expect(refresher.due(targets, INTERVAL)).toEqual(targets);
});

test('a clock that is set back delays nothing', async () => {
  const { time, targets, refresher, refresh } = scene();
  await refresh(targets);
  time.now -= 3_600_000;
  expect(refresher.due(targets, INTERVAL)).toEqual(targets);
});

test('whoever waits for its end keeps no other from being read, and is not read again', async () => {
  let save = () => {};
  const saved = new Promise<void>((resolve) => {
    save = resolve;
  });
  const { targets, reads, line, refresher, refresh } = scene({ show: () => saved });
  const all = refresh(targets);
  await line.onIdle();
  expect(reads.length).toBe(3);
  expect(refresher.due(targets, 0)).toEqual([]);
  const again = refresh(targets);
  save();
  await Promise.all([all, again]);
  expect(reads.length).toBe(3);
  expect(refresher.due(targets, 0)).toEqual(targets);
});

test('what a listing shows amid a read is read once more, and a read that is yet to begin suffices', async () => {
  const { targets, reads, refresher, refresh } = scene();
  const [first = expect.fail(), second = expect.fail()] = targets;
  const under = refresh([first, second]);
  while (reads.length === 0) await setImmediate();
  for (const target of [first, second]) target.reads.listingChanged();
  refresher.refreshChanged([first, second]);
  refresher.refreshChanged([first, second]);
  await under;
  await Promise.all(refresher.underWay(targets));
  // Once more the first of them, of which a read was under way.
  expect(reads).toHaveLength(3);
  expect(targets.map(({ reads: { hasChanged, health } }) => [hasChanged, health.up])).toEqual([
    [false, true],
    [false, true],
    [false, undefined],
  ]);
});
