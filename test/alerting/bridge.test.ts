import { describe, expect, test } from 'vitest';
import type { AlertTarget } from '../../src/alerting/alert.ts';
import { AlertBridge, type BridgeSettings } from '../../src/alerting/bridge.ts';
import type { Observation } from '../../src/alerting/states.ts';

const NOW = Date.UTC(2026, 0, 10, 12);
const SETTINGS: BridgeSettings = {
  resolveAfter: 1_800_000,
  keepFiringFor: 0,
  labels: {},
  externalUrl: '',
  minSeverity: 'warning',
};
const DOWN_AFTER = 90_000;
const QUIET: Observation = { problems: [], recoveries: [], conditions: [] };
const FAILURE = { reason: 'timeout', message: 'no answer within 10s' } as const;

function target(id: string, name?: string): AlertTarget {
  return { project: 'p', region: 'r', kind: 'training_job', id, name };
}

function errorAt(at: number, severity: 'warning' | 'critical' = 'critical'): Observation {
  const alertname = 'ModelArtsTrainingJobError';
  const problem = { alertname, severity, summary: 'reported an error', labels: {}, message: 'boom' };
  return { ...QUIET, problems: [{ problem, at, count: 1 }] };
}

function bridgeWith(settings: Partial<BridgeSettings> = {}) {
  const changes = { count: 0 };
  const throttled = new Set<string>();
  const bridge = new AlertBridge(
    { ...SETTINGS, ...settings },
    {
      downAfter: () => DOWN_AFTER,
      projectDownAfter: () => DOWN_AFTER,
      isThrottled: () => throttled.has('p'),
      onChange: () => {
        changes.count += 1;
      },
    },
  );
  return { bridge, changes, throttled };
}

function names(bridge: AlertBridge): string[] {
  return bridge.active().map(({ labels }) => `${labels['training_job_id']} ${labels['alertname']}`);
}

test('tells of changes once, and gives what changed since a revision', () => {
  const { bridge, changes } = bridgeWith();
  for (const id of ['a', 'b', 'c']) {
    bridge.watch(target(id), NOW);
    bridge.observe(target(id), QUIET, NOW);
  }
  expect(changes.count).toBe(0);
  bridge.observe(target('a'), errorAt(NOW), NOW);
  const first = bridge.since(0);
  expect(changes.count).toBe(1);
  bridge.observe(target('b'), errorAt(NOW), NOW);
  bridge.observe(target('a'), QUIET, NOW);
  expect(changes.count).toBe(2);
  expect(bridge.since(first.revision).alerts.map(({ labels }) => labels['training_job_id'])).toEqual(['b']);
  expect(bridge.since(0).alerts).toHaveLength(2);
  expect(bridge.since(bridge.since(0).revision).alerts).toEqual([]);
});

test('a target is down when it was not read for so long, and up again once read', () => {
  const { bridge } = bridgeWith();
  bridge.watch(target('a'), NOW);
  bridge.observe(target('a'), QUIET, NOW);
  bridge.readEnded(target('a'), FAILURE, NOW + 89_999);
  expect(bridge.active()).toEqual([]);
  bridge.tick(NOW + 90_000);
  const [alert] = bridge.active();
  expect(alert?.labels).toMatchObject({
    alertname: 'ModelArtsTargetDown',
    severity: 'warning',
  });
  expect(alert?.startsAt).toBe(NOW);
  expect(alert?.annotations['description']).toBe(
    'No successful read since 2026-01-10T12:00:00.000Z: no answer within 10s',
  );
  const { revision } = bridge.since(0);
  bridge.tick(NOW + 95_000);
  expect(bridge.since(0).revision).toBe(revision);
  bridge.readEnded(target('a'), undefined, NOW + 100_000);
  expect(bridge.active()).toEqual([]);
  expect(bridge.since(0).alerts).toMatchObject([{ endsAt: NOW + 100_000 }]);
});

test('a target that no read ever ended for is down too', () => {
  const { bridge } = bridgeWith();
  bridge.watch(target('a'), NOW);
  bridge.tick(NOW + 90_000);
  expect(bridge.active()[0]?.annotations['reason']).toBe('other');
  expect(bridge.active()[0]?.annotations['description']).toBe(
    'No successful read since 2026-01-10T12:00:00.000Z: no read has ended since',
  );
});

test('events of a read that failed later count', () => {
  const { bridge } = bridgeWith();
  bridge.watch(target('a'), NOW);
  bridge.observe(target('a'), errorAt(NOW), NOW);
  bridge.readEnded(target('a'), FAILURE, NOW);
  expect(names(bridge)).toEqual(['a ModelArtsTrainingJobError']);
});

test('restores what a snapshot holds, target by target', () => {
  const { bridge: before } = bridgeWith();
  before.watch(target('a'), NOW);
  before.observe(target('a'), errorAt(NOW), NOW);
  before.readEnded(target('a'), FAILURE, NOW);
  before.tick(NOW + 90_000);
  const stored = JSON.parse(JSON.stringify(before.snapshot(target('a'))));

  const restart = NOW + 600_000;
  const { bridge: after, changes } = bridgeWith();
  after.watch(target('a'), restart, { alerts: stored });
  expect(changes.count).toBe(1);
  expect(after.active()).toEqual(before.active());
  after.tick(restart + 90_000);
  expect(after.active()).toEqual(before.active());
  // Still down: one failed read after the restart doesn't resolve and reopen it.
  after.readEnded(target('a'), FAILURE, restart + 90_000);
  expect(after.active()).toEqual(before.active());
  after.readEnded(target('a'), undefined, restart + 90_001);
  expect(names(after)).toEqual(['a ModelArtsTrainingJobError']);
});

test('what becomes known without a read does not tell whether a target is down', () => {
  const { bridge: before } = bridgeWith();
  before.watch(target('a'), NOW);
  before.readEnded(target('a'), FAILURE, NOW + 90_000);
  const { bridge: after } = bridgeWith();
  after.watch(target('a'), NOW + 600_000, { alerts: before.snapshot(target('a')) });
  after.observe(target('a'), QUIET, NOW + 600_001);
  expect(after.active()).toEqual(before.active());
  expect(after.active()).toHaveLength(1);

  const { bridge } = bridgeWith();
  bridge.watch(target('a'), NOW);
  bridge.readEnded(target('a'), FAILURE, NOW);
  bridge.observe(target('a'), QUIET, NOW + 89_000);
  bridge.tick(NOW + 90_000);
  expect(bridge.active()[0]?.annotations['reason']).toBe('timeout');
});

test('a removed target resolves, and is told of for five minutes', () => {
  const { bridge } = bridgeWith();
  bridge.watch(target('a'), NOW);
  bridge.observe(target('a'), errorAt(NOW), NOW);
  bridge.remove(target('a'), NOW + 1);
  expect(bridge.since(0).alerts).toMatchObject([{ endsAt: NOW + 1 }]);
  bridge.tick(NOW + 300_000);
  expect(bridge.since(0).alerts).toHaveLength(1);
  bridge.tick(NOW + 300_001);
  expect(bridge.since(0).alerts).toEqual([]);
});

test('a target that comes back is watched again', () => {
  const { bridge } = bridgeWith();
  bridge.watch(target('a'), NOW);
  bridge.observe(target('a'), errorAt(NOW), NOW);
  bridge.remove(target('a'), NOW + 1);
  bridge.watch(target('a'), NOW + 2);
  bridge.observe(target('a'), errorAt(NOW + 2), NOW + 2);
  expect(bridge.since(0).alerts).toMatchObject([{ startsAt: NOW + 2, endsAt: undefined }]);
});

test('tells what is active with its severity, and leaves out what is not severe enough', () => {
  const fill = (bridge: AlertBridge) => {
    for (const [id, severity] of [
      ['a', 'warning'],
      ['b', 'critical'],
      ['c', 'warning'],
    ] as const) {
      bridge.watch(target(id), NOW);
      bridge.observe(target(id), errorAt(NOW, severity), NOW);
    }
    return bridge;
  };
  const severities = (bridge: AlertBridge) =>
    bridge
      .active()
      .map(({ severity }) => severity)
      .sort();
  expect(severities(fill(bridgeWith().bridge))).toEqual(['critical', 'warning', 'warning']);
  const strict = fill(bridgeWith({ minSeverity: 'critical' }).bridge);
  expect(severities(strict)).toEqual(['critical']);
  expect(names(strict)).toEqual(['b ModelArtsTrainingJobError']);
});

test('new settings show in alerts that fire already', () => {
  const { bridge, changes } = bridgeWith();
  bridge.watch(target('a'), NOW);
  bridge.observe(target('a'), errorAt(NOW), NOW);
  const { revision } = bridge.since(0);
  bridge.configure({ ...SETTINGS, labels: { team: 'ml' } });
  expect(bridge.since(revision).alerts[0]?.labels['team']).toBe('ml');
  expect(changes.count).toBe(2);
});

test('a rename tells the old name resolved and the new one firing', () => {
  const { bridge } = bridgeWith();
  bridge.watch(target('a', 'old'), NOW);
  bridge.observe(target('a', 'old'), errorAt(NOW), NOW);
  bridge.observe(target('a', 'new'), QUIET, NOW + 1);
  const told = bridge
    .since(0)
    .alerts.map(({ labels, annotations, endsAt }) => [
      labels['training_job_name'],
      annotations['summary'],
      endsAt,
    ]);
  expect(told.sort()).toEqual([
    ['new', 'Training job new (project p) reported an error', undefined],
    ['old', 'Training job old (project p) reported an error', NOW + 1],
  ]);
});

test('two replicas give byte-identical label sets, whatever order they saw events in', () => {
  const told = (order: readonly number[]) => {
    const { bridge } = bridgeWith({ labels: { team: 'ml' } });
    bridge.watch(target('a', 'x'), NOW);
    for (const minute of order) {
      bridge.observe(
        target('a', 'x'),
        errorAt(NOW - minute * 60_000, minute % 2 ? 'warning' : 'critical'),
        NOW,
      );
    }
    return bridge
      .active()
      .map(({ labels }) => JSON.stringify(labels))
      .sort();
  };
  expect(told([1, 2, 3, 4])).toEqual(told([4, 3, 2, 1]));
  expect(told([1, 2])).toHaveLength(2);
});

const FAILED = {
  alertname: 'ModelArtsTrainingJobFailed',
  severity: 'critical',
  summary: 'failed',
  labels: {},
  message: 'exit code 1',
  since: NOW,
  at: NOW,
  events: 1,
  expires: false,
} as const;

test('of a target that is not read, conditions are not sent any more, and the alert that says so names them', () => {
  const { bridge } = bridgeWith();
  bridge.watch(target('a'), NOW);
  bridge.observe(target('a'), { ...errorAt(NOW), conditions: [FAILED] }, NOW);
  bridge.readEnded(target('a'), undefined, NOW);
  bridge.readEnded(target('a'), { reason: 'server', message: 'HTTP 503', status: 503 }, NOW + 60_000);
  expect(names(bridge)).toEqual(['a ModelArtsTrainingJobError', 'a ModelArtsTrainingJobFailed']);
  const { revision } = bridge.since(0);
  bridge.tick(NOW + 90_000);
  expect(names(bridge)).toEqual(['a ModelArtsTrainingJobError', 'a ModelArtsTargetDown']);
  expect(bridge.since(revision).alerts.at(-1)?.annotations['description']).toBe(
    'No successful read since 2026-01-10T12:00:00.000Z: HTTP 503\nLast known, and not sent meanwhile: ModelArtsTrainingJobFailed',
  );
  // It is neither resolved: nobody knows.
  expect(bridge.since(0).alerts.every(({ endsAt }) => endsAt === undefined)).toBe(true);

  bridge.observe(target('a'), { ...QUIET, conditions: [FAILED] }, NOW + 120_000);
  bridge.readEnded(target('a'), undefined, NOW + 120_000);
  expect(bridge.active().map(({ labels, startsAt }) => [labels['alertname'], startsAt])).toEqual([
    ['ModelArtsTrainingJobError', NOW],
    ['ModelArtsTrainingJobFailed', NOW],
  ]);
});

test('an outage whose reason changes is one alert', () => {
  const { bridge } = bridgeWith();
  bridge.watch(target('a'), NOW);
  const seen = new Set<string>();
  for (const reason of ['server', 'timeout', 'malformed', 'server'] as const) {
    bridge.readEnded(target('a'), { reason, message: reason }, NOW + 90_000);
    for (const { labels, endsAt } of bridge.since(0).alerts) {
      seen.add(JSON.stringify(labels));
      expect(endsAt).toBeUndefined();
    }
    expect(bridge.active()[0]?.annotations).toMatchObject({ reason });
  }
  expect(seen.size).toBe(1);
});

const PROJECT = { project: 'p', region: 'r' };
const REJECTED = { reason: 'auth', message: 'HTTP status 401', status: 401 } as const;

/** A project of two targets, each read successfully. */
function projectScene() {
  const scene = bridgeWith();
  const { bridge } = scene;
  bridge.watchProjects([PROJECT], NOW);
  for (const id of ['a', 'b']) {
    bridge.watch(target(id), NOW);
    bridge.observe(target(id), { ...QUIET, conditions: [FAILED] }, NOW);
    bridge.readEnded(target(id), undefined, NOW);
  }
  return scene;
}

test('a project whose credential is rejected is one alert, and its targets raise none', () => {
  const { bridge } = projectScene();
  for (const at of [30_000, 60_000, 90_000]) {
    for (const id of ['a', 'b']) bridge.readEnded(target(id), REJECTED, NOW + at);
  }
  bridge.tick(NOW + 91_000);
  expect(bridge.active()).toMatchObject([
    {
      labels: { alertname: 'ModelArtsProjectDown', severity: 'critical', ...PROJECT },
      annotations: {
        reason: 'auth',
        summary: 'Project p (region r) cannot be read from ModelArts',
        description: expect.stringContaining(
          'HTTP status 401\nLast known, and not sent meanwhile: ModelArtsTrainingJobFailed of a, ModelArtsTrainingJobFailed of b',
        ),
      },
      startsAt: NOW,
    },
  ]);
  expect(Object.keys(bridge.active()[0]?.labels ?? {})).toEqual([
    'alertname',
    'project',
    'region',
    'severity',
  ]);

  // The first read that works ends it, and the others get their time.
  bridge.readEnded(target('a'), undefined, NOW + 100_000);
  bridge.tick(NOW + 102_000);
  expect(names(bridge)).toEqual(['a ModelArtsTrainingJobFailed']);
  expect(bridge.since(0).alerts[0]).toMatchObject({
    labels: { alertname: 'ModelArtsProjectDown' },
    endsAt: NOW + 100_000,
  });
  bridge.tick(NOW + 190_000);
  expect(names(bridge).sort()).toEqual(['a ModelArtsTargetDown', 'b ModelArtsTargetDown']);
});

test('a project that was down stays so over a restart, with what was known last, until there is an answer', () => {
  const { bridge: before } = projectScene();
  for (const id of ['a', 'b']) before.readEnded(target(id), REJECTED, NOW + 90_000);
  before.tick(NOW + 91_000);
  const memories = structuredClone(before.projectMemories());
  expect(memories).toHaveLength(1);

  const { bridge } = bridgeWith();
  bridge.watchProjects([PROJECT], NOW + 120_000, memories);
  for (const id of ['a', 'b'])
    bridge.watch(target(id), NOW + 120_000, { alerts: before.snapshot(target(id)), lastRead: NOW });
  bridge.tick(NOW + 121_000);
  expect(bridge.active()).toEqual(before.active());
  for (const id of ['a', 'b']) bridge.readEnded(target(id), REJECTED, NOW + 122_000);
  bridge.tick(NOW + 300_000);
  expect(bridge.active()).toEqual(before.active());

  bridge.readEnded(target('a'), undefined, NOW + 301_000);
  expect(names(bridge)).toEqual(['a ModelArtsTrainingJobFailed']);
  expect(bridge.since(0).alerts[0]).toMatchObject({ startsAt: NOW, endsAt: NOW + 301_000 });
});

test('what a state file holds is not sent before the first look at its target, or an interval later', () => {
  const { bridge: before } = projectScene();
  const stored = (id: string) => ({ alerts: structuredClone(before.snapshot(target(id))), lastRead: NOW });
  const bridge = new AlertBridge(SETTINGS, {
    downAfter: () => DOWN_AFTER,
    projectDownAfter: () => DOWN_AFTER,
    isThrottled: () => false,
    provenWithin: () => 30_000,
    onChange: () => {},
  });
  const later = NOW + 10_000;
  for (const id of ['a', 'b']) bridge.watch(target(id), later, stored(id));
  const sent = (revision = 0) =>
    bridge.since(revision).alerts.map(({ labels, endsAt }) => [labels['target'], endsAt === undefined]);
  expect(sent()).toEqual([]);
  expect(bridge.active()).toHaveLength(2);

  // It ended meanwhile: nobody is told that it fires again.
  const { revision } = bridge.since(0);
  bridge.observe(target('a'), QUIET, later + 1_000);
  bridge.readEnded(target('a'), undefined, later + 1_000);
  expect(sent(revision)).toEqual([['a', false]]);
  bridge.tick(later + 30_000);
  expect(sent(revision)).toEqual([
    ['a', false],
    ['b', true],
  ]);
});

test('what a listing tells of a new target waits for its events, which say since when and why, or an interval', () => {
  const bridge = new AlertBridge(SETTINGS, {
    downAfter: () => DOWN_AFTER,
    projectDownAfter: () => DOWN_AFTER,
    isThrottled: () => false,
    provenWithin: () => 30_000,
    onChange: () => {},
  });
  for (const id of ['a', 'b', 'c']) {
    bridge.watch(target(id), NOW);
    bridge.observe(target(id), { ...QUIET, conditions: [FAILED] }, NOW);
  }
  const sent = () => bridge.since(0).alerts.map(({ labels, startsAt }) => [labels['target'], startsAt]);
  expect(sent()).toEqual([]);
  expect(bridge.active()).toHaveLength(3);

  bridge.observe(target('a'), { ...QUIET, conditions: [{ ...FAILED, since: NOW - 60_000 }] }, NOW + 100);
  bridge.readEnded(target('a'), undefined, NOW + 100);
  bridge.readEnded(target('b'), FAILURE, NOW + 200);
  expect(sent()).toEqual([
    ['a', NOW - 60_000],
    ['b', NOW],
  ]);
  bridge.tick(NOW + 30_000);
  expect(sent()).toHaveLength(3);
});

describe('what a listing shows of a target that was read before', () => {
  const KEEP = 60_000;
  function known() {
    const bridge = new AlertBridge(
      { ...SETTINGS, keepFiringFor: KEEP },
      {
        downAfter: () => Number.POSITIVE_INFINITY,
        projectDownAfter: () => DOWN_AFTER,
        isThrottled: () => false,
        provenWithin: () => 30_000,
        onChange: () => {},
      },
    );
    bridge.watch(target('a'), NOW - 60_000);
    bridge.readEnded(target('a'), undefined, NOW - 50_000);
    const sent = () =>
      bridge.since(0).alerts.map(({ annotations, endsAt }) => [annotations['description'], endsAt]);
    const listed = (at: number, conditions: Observation['conditions'] = [FAILED]) =>
      bridge.observe(target('a'), { ...QUIET, conditions }, at, true);
    return { bridge, sent, listed };
  }
  const errorState = () => {
    const { bridge } = bridgeWith();
    bridge.watch(target('restored'), NOW - 60_000);
    bridge.observe(target('restored'), errorAt(NOW - 60_000), NOW - 60_000);
    return bridge.snapshot(target('restored'));
  };
  const TOLD = { ...FAILED, message: 'in the words of the event' };

  test('is sent in the words of the events, once they are read', () => {
    const { bridge, sent, listed } = known();
    listed(NOW);
    expect(sent()).toEqual([]);
    // It began before the listing did, and may know nothing of it.
    bridge.readEnded(target('a'), undefined, NOW + 10, NOW - 10);
    bridge.tick(NOW + 2_000);
    expect(sent()).toEqual([]);
    bridge.observe(target('a'), { ...QUIET, conditions: [TOLD] }, NOW + 3_000);
    bridge.readEnded(target('a'), undefined, NOW + 3_000, NOW + 2_500);
    expect(sent()).toEqual([[TOLD.message, undefined]]);
  });

  test('is sent when the read fails, or an interval later', () => {
    for (const end of ['failure', 'time'] as const) {
      const { bridge, sent, listed } = known();
      listed(NOW);
      bridge.tick(NOW + 29_999);
      expect(sent()).toEqual([]);
      if (end === 'failure') bridge.readEnded(target('a'), FAILURE, NOW + 29_999, NOW + 1);
      else bridge.tick(NOW + 30_000);
      expect(sent()).toEqual([[FAILED.message, undefined]]);
      // The interval does not begin anew.
      listed(NOW + 30_001);
      expect(sent()).toEqual([[FAILED.message, undefined]]);
    }
  });

  test('is told for as long as any other, though it was over before it was sent', () => {
    const { bridge, sent, listed } = known();
    listed(NOW);
    listed(NOW + 20_000, []);
    bridge.tick(NOW + 30_000);
    expect(sent()).toEqual([[FAILED.message, undefined]]);
    bridge.tick(NOW + 30_000 + KEEP - 1);
    expect(sent()).toEqual([[FAILED.message, undefined]]);
    bridge.tick(NOW + 30_000 + KEEP);
    expect(sent()).toEqual([[FAILED.message, NOW + 30_000 + KEEP]]);
  });

  test('is sent when the exporter ends, unless this process has not looked at the target yet', () => {
    const { bridge, sent, listed } = known();
    bridge.watch(target('restored'), NOW, { alerts: errorState(), lastRead: NOW - 60_000 });
    listed(NOW);
    bridge.release(NOW + 1_000);
    expect(sent()).toEqual([[FAILED.message, undefined]]);
  });

  test('does not hold back what is told of the target once that is known', () => {
    const { bridge, sent, listed } = known();
    bridge.observe(target('a'), { ...QUIET, conditions: [TOLD] }, NOW - 40_000);
    listed(NOW, [TOLD]);
    expect(sent()).toEqual([[TOLD.message, undefined]]);
    listed(NOW + 1, []);
    bridge.tick(NOW + KEEP);
    expect(sent()).toEqual([[TOLD.message, NOW + KEEP]]);
  });
});

test('a target that fails alone is no matter of its project, whatever the reason', () => {
  const { bridge } = projectScene();
  for (const at of [30_000, 60_000, 90_000]) {
    bridge.readEnded(target('a'), { reason: 'network', message: 'reset' }, NOW + at);
    bridge.readEnded(target('b'), undefined, NOW + at + 1);
  }
  bridge.tick(NOW + 92_000);
  expect(names(bridge)).toEqual(['a ModelArtsTargetDown', 'b ModelArtsTrainingJobFailed']);
});

test('a project that only waits, as its quota is used up, is down as throttled', () => {
  const { bridge, throttled } = projectScene();
  throttled.add('p');
  bridge.tick(NOW + 2_000);
  bridge.tick(NOW + 90_000);
  expect(bridge.active()).toMatchObject([
    { labels: { alertname: 'ModelArtsProjectDown' }, annotations: { reason: 'throttled' } },
  ]);
});

test('a project of which no target is known yet is down by its listings', () => {
  const { bridge } = bridgeWith();
  bridge.watchProjects([PROJECT], NOW);
  bridge.answered('p', REJECTED, NOW + 1);
  bridge.answered('p', REJECTED, NOW + 90_000);
  expect(bridge.active()).toHaveLength(1);
  bridge.watchProjects([], NOW + 90_001);
  expect(bridge.active()).toEqual([]);
  expect(bridge.since(0).alerts).toMatchObject([{ endsAt: NOW + 90_001 }]);
});

test('a clock that is set makes nothing old, and leaves nothing in the future', () => {
  const { bridge } = projectScene();
  bridge.clockStepped(600_000, NOW + 600_000);
  bridge.tick(NOW + 601_000);
  expect(names(bridge)).toEqual(['a ModelArtsTrainingJobFailed', 'b ModelArtsTrainingJobFailed']);
  bridge.clockStepped(-8 * 3_600_000, NOW - 8 * 3_600_000);
  expect(bridge.active().every(({ startsAt }) => startsAt <= NOW - 8 * 3_600_000)).toBe(true);
});
