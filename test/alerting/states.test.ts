import { beforeEach, describe, expect, test } from 'vitest';
import type { ProblemEvent } from '../../src/alerting/problems.ts';
import type { QuietRules } from '../../src/alerting/quiet.ts';
import { type AlertRecord, type AlertState, isFiring, labelsOf } from '../../src/alerting/record.ts';
import {
  expire,
  FORGOTTEN_AFTER,
  nextEnd,
  type Observation,
  observe,
  redated,
  resolveAll,
  setDown,
  withoutDown,
} from '../../src/alerting/states.ts';
import type { Severity } from '../../src/config/config.ts';
import type { Condition } from '../../src/kinds/problem.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 0, 10, 12);
const RULES: QuietRules = { resolveAfter: 30 * MINUTE, keepFiringFor: 0 };
const TARGET = {
  project: 'prod',
  region: 'cn-north-4',
  kind: 'service',
  service_id: 's1',
  service_name: 'chat',
};

function problemEvent(
  alertname: string,
  at: number,
  extra: Partial<ProblemEvent & { severity: Severity }> = {},
): ProblemEvent {
  const { severity = 'warning', count = 1 } = extra;
  const problem = extra.problem ?? {
    alertname,
    severity,
    summary: 'did it',
    labels: {},
    message: `message of ${at}`,
  };
  return { problem, at, count };
}

function condition(alertname: string, extra: Partial<Condition> = {}): Condition {
  const common = {
    severity: 'critical',
    summary: 'is bad',
    labels: {},
    message: 'bad',
    since: NOW,
    at: NOW,
    events: 1,
  } as const;
  return { alertname, expires: false, ...common, ...extra };
}

function seen(extra: Partial<Observation> = {}): Observation {
  return { problems: [], recoveries: [], conditions: [], ...extra };
}

function firing(state: AlertState): readonly AlertRecord[] {
  return state.filter(isFiring);
}

describe.each([
  ['ModelArtsServiceAbnormalEvent', 'warning', { phase: 'image_pulling' }],
  ['ModelArtsTrainingJobError', 'critical', {}],
  ['ModelArtsTrainingJobWarning', 'warning', {}],
  ['ModelArtsPoolWarningEvent', 'warning', { reason: 'NodeNotReady' }],
] as const)('%s', (alertname, severity, labels) => {
  const event = (at: number, count = 1, message = `message of ${at}`): ProblemEvent => ({
    problem: { alertname, severity, summary: 'did it', labels, message },
    at,
    count,
  });
  let opened: AlertState;

  beforeEach(() => {
    opened = observe([], TARGET, seen({ problems: [event(NOW - MINUTE)] }), NOW, RULES);
  });

  test('opens at the time of its event', () => {
    expect(opened).toEqual([
      {
        alertname,
        severity,
        summary: 'did it',
        target: TARGET,
        labels,
        origin: 'event',
        message: `message of ${NOW - MINUTE}`,
        startsAt: NOW - MINUTE,
        at: NOW - MINUTE,
        events: 1,
        toldAt: NOW,
        recoveredAt: undefined,
        quietFrom: NOW - MINUTE,
        resolvedAt: null,
      },
    ]);
  });

  test('grows', () => {
    const [grown] = observe(opened, TARGET, seen({ problems: [event(NOW, 3)] }), NOW, RULES);
    expect(grown).toMatchObject({ startsAt: NOW - MINUTE, at: NOW, events: 4, message: `message of ${NOW}` });
  });

  test('takes a late event in without letting it speak', () => {
    const late = seen({ problems: [event(NOW - 2 * MINUTE, 1, 'z, the greatest text')] });
    const [grown] = observe(opened, TARGET, late, NOW, RULES);
    expect(grown).toMatchObject({
      startsAt: NOW - 2 * MINUTE,
      at: NOW - MINUTE,
      quietFrom: NOW - MINUTE,
      events: 2,
    });
    expect(grown?.message).toBe(`message of ${NOW - MINUTE}`);
  });

  test('of two events of one instant tells the greater text, whichever is read first', () => {
    for (const texts of [
      ['a', 'b'],
      ['b', 'a'],
    ]) {
      const state = texts.reduce<AlertState>(
        (before, text) => observe(before, TARGET, seen({ problems: [event(NOW, 1, text)] }), NOW, RULES),
        [],
      );
      expect(state).toMatchObject([{ message: 'b', events: 2 }]);
    }
  });

  test('takes in a late event that would be over by itself', () => {
    const late = seen({ problems: [event(NOW - 30 * MINUTE)] });
    const [grown] = observe(opened, TARGET, late, NOW, RULES);
    expect(grown).toMatchObject({ startsAt: NOW - 30 * MINUTE, at: NOW - MINUTE, events: 2 });
  });

  test('leaves alone an event of an episode that was over before', () => {
    expect(observe(opened, TARGET, seen({ problems: [event(NOW - 40 * MINUTE)] }), NOW, RULES)).toBe(opened);
  });

  test('resolves by quiet, is kept for five minutes, then forgotten', () => {
    const quietAt = NOW + 29 * MINUTE;
    expect(expire(opened, quietAt - 1, RULES)).toBe(opened);
    const resolved = expire(opened, quietAt, RULES);
    expect(resolved).toMatchObject([{ resolvedAt: quietAt, startsAt: NOW - MINUTE }]);
    expect(expire(resolved, quietAt + FORGOTTEN_AFTER - 1, RULES)).toBe(resolved);
    const old = seen({ problems: [event(NOW - 40 * MINUTE)] });
    expect(observe(resolved, TARGET, old, quietAt, RULES)).toBe(resolved);
    expect(expire(resolved, quietAt + FORGOTTEN_AFTER, RULES)).toEqual([]);
  });

  test('reopens with a new start', () => {
    const resolved = expire(opened, NOW + 30 * MINUTE, RULES);
    const later = NOW + 31 * MINUTE;
    const again = observe(resolved, TARGET, seen({ problems: [event(later)] }), later, RULES);
    expect(again).toMatchObject([{ startsAt: later, events: 1, resolvedAt: null }]);
  });

  test('starts anew where quiet lies between two events of one read', () => {
    const problems = [event(NOW), event(NOW - 30 * MINUTE), event(NOW - 31 * MINUTE)];
    const state = observe([], TARGET, seen({ problems }), NOW, RULES);
    expect(state).toMatchObject([{ startsAt: NOW, events: 1 }]);
  });

  test('keeps an episode together that is longer than the quiet time', () => {
    const problems = [event(NOW, 1, 'a'), event(NOW - 58 * MINUTE, 1, 'b'), event(NOW - 29 * MINUTE, 1, 'c')];
    const state = observe([], TARGET, seen({ problems }), NOW, RULES);
    expect(state).toMatchObject([{ startsAt: NOW - 58 * MINUTE, events: 3 }]);
  });

  test('resolves by a recovery that is not before its newest event', () => {
    const early = seen({ recoveries: [{ alertname, at: NOW - MINUTE - 1 }] });
    expect(observe(opened, TARGET, early, NOW, RULES)).toBe(opened);
    const inTime = seen({ recoveries: [{ alertname, at: NOW - MINUTE }] });
    const resolved = observe(opened, TARGET, inTime, NOW, RULES);
    expect(resolved).toEqual(opened.map((record) => ({ ...record, resolvedAt: NOW })));
    expect(observe(resolved, TARGET, inTime, NOW + 1, RULES)).toBe(resolved);
    const other = seen({ recoveries: [{ alertname: 'Other', at: NOW }] });
    expect(observe(opened, TARGET, other, NOW, RULES)).toBe(opened);
  });

  test('does not open for an event that came after its recovery but is not newer', () => {
    const late = seen({ problems: [event(NOW - MINUTE)], recoveries: [{ alertname, at: NOW - MINUTE }] });
    expect(observe([], TARGET, late, NOW, RULES)).toEqual([]);
  });

  test('recovers and reopens within one read', () => {
    const both = seen({ problems: [event(NOW)], recoveries: [{ alertname, at: NOW - 1 }] });
    expect(observe(opened, TARGET, both, NOW, RULES)).toMatchObject([
      { startsAt: NOW, events: 1, resolvedAt: null },
    ]);
  });

  test('goes on after a restart with state, through JSON', () => {
    const restored: AlertState = JSON.parse(JSON.stringify(opened));
    expect(restored).toEqual(opened);
    const [grown] = observe(restored, TARGET, seen({ problems: [event(NOW + MINUTE)] }), NOW + MINUTE, RULES);
    expect(grown).toMatchObject({ startsAt: NOW - MINUTE, events: 2 });
  });

  test('is found again after a restart without state, where it would still be active', () => {
    const problems = [event(NOW - 90 * MINUTE), event(NOW - 20 * MINUTE), event(NOW - 10 * MINUTE)];
    const state = observe([], TARGET, seen({ problems }), NOW, RULES);
    expect(state).toMatchObject([{ startsAt: NOW - 20 * MINUTE, events: 2 }]);
    expect(observe([], TARGET, seen({ problems: problems.slice(0, 1) }), NOW, RULES)).toEqual([]);
  });

  test('tells of what happened while no exporter ran, for the whole quiet time', () => {
    const rules = { ...RULES, unseenSince: NOW - 600 * MINUTE };
    const state = observe([], TARGET, seen({ problems: [event(NOW - 300 * MINUTE)] }), NOW, rules);
    expect(state).toMatchObject([{ startsAt: NOW - 300 * MINUTE, quietFrom: NOW, resolvedAt: null }]);
    expect(firing(expire(state, NOW + 30 * MINUTE - 1, rules))).toHaveLength(1);
    expect(firing(expire(state, NOW + 30 * MINUTE, rules))).toHaveLength(0);
    // What happened when the last read began need not have been in it.
    const first = seen({ problems: [event(NOW - 600 * MINUTE)] });
    expect(observe([], TARGET, first, NOW, rules)).toMatchObject([{ quietFrom: NOW, resolvedAt: null }]);
    const before = seen({ problems: [event(NOW - 601 * MINUTE)] });
    expect(observe([], TARGET, before, NOW, rules)).toEqual([]);
    // ModelArts may be a little ahead.
    const ahead = seen({ problems: [event(NOW + 1)] });
    expect(observe([], TARGET, ahead, NOW, rules)).toMatchObject([{ quietFrom: NOW + 1 }]);
  });
});

test('two problems are two alerts, each with its own life', () => {
  const at = (phase: string, time: number): ProblemEvent => ({
    problem: {
      alertname: 'ModelArtsServiceAbnormalEvent',
      severity: 'warning',
      summary: 'did it',
      labels: { phase },
      message: phase,
    },
    at: time,
    count: 1,
  });
  const problems = [
    at('model_startup', NOW),
    at('image_pulling', NOW - 20 * MINUTE),
    problemEvent('Other', NOW),
  ];
  const state = observe([], TARGET, seen({ problems }), NOW, RULES);
  expect(firing(state)).toHaveLength(3);
  const later = expire(state, NOW + 10 * MINUTE, RULES);
  expect(firing(later).map(({ message }) => message)).toEqual(['model_startup', `message of ${NOW}`]);
});

describe.each([
  ['ModelArtsServiceUpdateFailed', 'critical', false],
  ['ModelArtsPoolAbnormal', 'critical', false],
  ['ModelArtsPoolNodesAbnormal', 'warning', false],
  ['ModelArtsServiceFailed', 'critical', false],
  ['ModelArtsTrainingJobFailed', 'critical', true],
] as const)('%s', (alertname, severity, expires) => {
  const listed = condition(alertname, {
    severity,
    expires,
    since: NOW - 5 * MINUTE,
    at: NOW - MINUTE,
    events: 2,
  });
  let opened: AlertState;

  beforeEach(() => {
    opened = observe([], TARGET, seen({ conditions: [listed] }), NOW, RULES);
  });

  test('opens when it began', () => {
    expect(opened).toMatchObject([
      { alertname, severity, origin: 'condition', startsAt: NOW - 5 * MINUTE, at: NOW - MINUTE, events: 2 },
    ]);
  });

  test('stays as it is while it is seen unchanged', () => {
    expect(observe(opened, TARGET, seen({ conditions: [listed] }), NOW + MINUTE, RULES)).toBe(opened);
  });

  test.each<Partial<Condition>>([
    { message: 'worse' },
    { at: NOW },
    { events: 3 },
    { summary: 'is worse' },
    { annotations: { nodes: '3' } },
  ])('tells what is new of it: %o', (news) => {
    const [record] = observe(opened, TARGET, seen({ conditions: [{ ...listed, ...news }] }), NOW, RULES);
    expect(record).toMatchObject({ ...news, startsAt: NOW - 5 * MINUTE });
  });

  test('is quiet since its newest event', () => {
    const again = { ...listed, at: NOW };
    const [record] = observe(opened, TARGET, seen({ conditions: [again] }), NOW, RULES);
    expect(record?.quietFrom).toBe(expires ? NOW : null);
  });

  test('resolves when it is no longer listed, and reopens with a new start', () => {
    const resolved = observe(opened, TARGET, seen(), NOW + MINUTE, RULES);
    expect(resolved).toMatchObject([{ resolvedAt: NOW + MINUTE }]);
    expect(observe(resolved, TARGET, seen(), NOW + 2 * MINUTE, RULES)).toBe(resolved);
    const anew = { ...listed, since: NOW + 2 * MINUTE, at: NOW + 2 * MINUTE };
    const again = observe(resolved, TARGET, seen({ conditions: [anew] }), NOW + 2 * MINUTE, RULES);
    expect(again).toMatchObject([{ resolvedAt: null, startsAt: NOW + 2 * MINUTE }]);
  });

  test('is not resolved by a recovery', () => {
    const recoveries = [{ alertname, at: NOW }];
    expect(observe(opened, TARGET, seen({ conditions: [listed], recoveries }), NOW, RULES)).toBe(opened);
  });

  test(expires ? 'ends by quiet, once, though it stays listed' : 'never ends by quiet', () => {
    const late = NOW + 24 * 60 * MINUTE;
    const after = observe(opened, TARGET, seen({ conditions: [listed] }), late, RULES);
    expect(firing(after)).toHaveLength(expires ? 0 : 1);
    const stillListed = observe(after, TARGET, seen({ conditions: [listed] }), late + FORGOTTEN_AFTER, RULES);
    expect(stillListed).toHaveLength(expires ? 0 : 1);
  });
});

test('a condition that ended by quiet before anybody knew does not open, but one of the downtime does', () => {
  const old = condition('ModelArtsTrainingJobFailed', { expires: true, at: NOW - 60 * MINUTE });
  expect(observe([], TARGET, seen({ conditions: [old] }), NOW, RULES)).toEqual([]);
  const rules = { ...RULES, unseenSince: NOW - 120 * MINUTE };
  const told = observe([], TARGET, seen({ conditions: [old] }), NOW, rules);
  expect(firing(told)).toHaveLength(1);
  expect(observe(told, TARGET, seen({ conditions: [old] }), NOW + 29 * MINUTE, rules)).toBe(told);
  expect(firing(observe(told, TARGET, seen({ conditions: [old] }), NOW + 30 * MINUTE, rules))).toHaveLength(
    0,
  );
});

describe('an event and a condition of the same words', () => {
  const said = problemEvent('A', NOW - MINUTE);
  const listed = condition('A', { severity: 'warning', at: NOW - MINUTE, since: NOW - 2 * MINUTE });
  let told: AlertState;

  beforeEach(() => {
    told = observe([], TARGET, seen({ problems: [said] }), NOW, RULES);
  });

  test('are one alert, that of the event, where both end by quiet', () => {
    const conditions = [{ ...listed, expires: true }];
    expect(observe(told, TARGET, seen({ conditions }), NOW, RULES)).toBe(told);
    const opened = observe([], TARGET, seen({ conditions }), NOW, RULES);
    const both = observe(opened, TARGET, seen({ problems: [said], conditions }), NOW, RULES);
    expect(both).toMatchObject([{ origin: 'event', startsAt: NOW - MINUTE, events: 1 }]);
  });

  test('are one alert, that of the condition, where it lasts', () => {
    const state = observe(told, TARGET, seen({ conditions: [listed] }), NOW, RULES);
    expect(state).toMatchObject([{ origin: 'condition', startsAt: NOW - 2 * MINUTE, quietFrom: null }]);
  });
});

test('a new severity is a new alert, and the old one resolves', () => {
  const failed = observe([], TARGET, seen({ conditions: [condition('ModelArtsServiceFailed')] }), NOW, RULES);
  const concerning = condition('ModelArtsServiceFailed', { severity: 'warning' });
  const state = observe(failed, TARGET, seen({ conditions: [concerning] }), NOW + 1, RULES);
  expect(state.map(({ severity, resolvedAt }) => [severity, resolvedAt])).toEqual([
    ['critical', NOW + 1],
    ['warning', null],
  ]);
});

test('ModelArtsTargetDown opens, changes its reason, and resolves', () => {
  const down = (reason: string) =>
    condition('ModelArtsTargetDown', { severity: 'warning', labels: { reason } });
  const opened = setDown([], TARGET, down('timeout'), NOW, RULES);
  expect(opened).toMatchObject([{ origin: 'down', labels: { reason: 'timeout' } }]);
  const changed = setDown(opened, TARGET, down('auth'), NOW + 1, RULES);
  expect(firing(changed)).toMatchObject([{ labels: { reason: 'auth' } }]);
  expect(observe(changed, TARGET, seen(), NOW + 2, RULES)).toBe(changed);
  expect(firing(setDown(changed, TARGET, undefined, NOW + 2, RULES))).toEqual([]);
});

test('a renamed target resolves the old label set and goes on under the new', () => {
  const opened = observe(
    [],
    TARGET,
    seen({ problems: [problemEvent('A', NOW)], conditions: [condition('B')] }),
    NOW,
    RULES,
  );
  const target = { ...TARGET, service_name: 'chat2' };
  const state = observe(opened, target, seen({ conditions: [condition('B')] }), NOW + 1, RULES);
  const summary = state.map((r) => [r.alertname, r.target['service_name'], r.startsAt, r.resolvedAt]);
  expect(summary.sort()).toEqual([
    ['A', 'chat', NOW, NOW + 1],
    ['A', 'chat2', NOW, null],
    ['B', 'chat', NOW, NOW + 1],
    ['B', 'chat2', NOW, null],
  ]);
  const back = observe(state, TARGET, seen({ conditions: [condition('B')] }), NOW + 2, RULES);
  const names = firing(back).map((r) => r.target['service_name']);
  expect(names).toEqual(['chat', 'chat']);
  expect(new Set(back.map((r) => JSON.stringify(labelsOf(r)))).size).toBe(back.length);
});

test('what a target could not be read for is taken back, and nothing else', () => {
  const opened = observe([], TARGET, seen({ problems: [problemEvent('A', NOW)] }), NOW, RULES);
  expect(withoutDown(opened)).toBe(opened);
  const down = setDown(opened, TARGET, condition('ModelArtsTargetDown'), NOW, RULES);
  expect(withoutDown(down)).toEqual(opened);
  const up = setDown(down, TARGET, undefined, NOW, RULES);
  expect(withoutDown(up)).toBe(up);
});

test('the first end of what ends by itself is known', () => {
  const problems = [problemEvent('A', NOW - 2 * MINUTE), problemEvent('B', NOW - MINUTE)];
  const state = observe([], TARGET, seen({ problems, conditions: [condition('C')] }), NOW, RULES);
  expect(nextEnd(state, RULES)).toBe(NOW + 28 * MINUTE);
  expect(nextEnd(expire(state, NOW + 28 * MINUTE, RULES), RULES)).toBe(NOW + 29 * MINUTE);
  expect(nextEnd(expire(state, NOW + 29 * MINUTE, RULES), RULES)).toBe(Number.POSITIVE_INFINITY);
  expect(nextEnd([], RULES)).toBe(Number.POSITIVE_INFINITY);
});

test('where the clock was set, what was told by it moves along, and nothing stays in the future', () => {
  const [record] = observe([], TARGET, seen({ problems: [problemEvent('A', 100)] }), 100, RULES);
  const dated = { startsAt: 100, at: 120, quietFrom: 130, toldAt: 150, recoveredAt: 140, resolvedAt: 160 };
  const state = record === undefined ? [] : [{ ...record, ...dated }];
  expect(redated(state, 50, 1_000)).toMatchObject([{ ...dated, toldAt: 200, resolvedAt: 210 }]);
  expect(redated(state, -20, 125)).toMatchObject([
    { startsAt: 100, at: 120, quietFrom: 125, toldAt: 125, recoveredAt: 125, resolvedAt: 125 },
  ]);
  expect(redated(state, -60, 90)).toMatchObject([{ startsAt: 90, at: 90, toldAt: 90, resolvedAt: 90 }]);
  const lasting = { ...dated, quietFrom: null, toldAt: undefined, recoveredAt: undefined, resolvedAt: null };
  const undated = record === undefined ? [] : [{ ...record, ...lasting }];
  expect(redated(undated, 50, 1_000)).toEqual(undated);
});

test('a target that was removed resolves all', () => {
  const opened = observe(
    [],
    TARGET,
    seen({ problems: [problemEvent('A', NOW)], conditions: [condition('B')] }),
    NOW,
    RULES,
  );
  const gone = resolveAll(opened, NOW + 1);
  expect(gone.map(({ resolvedAt }) => resolvedAt)).toEqual([NOW + 1, NOW + 1]);
  expect(resolveAll(gone, NOW + 2)).toBe(gone);
  const partly = observe(opened, TARGET, seen(), NOW, RULES);
  expect(resolveAll(partly, NOW + 1).map(({ resolvedAt }) => resolvedAt)).toEqual([NOW + 1, NOW]);
});

describe('of many distinct alerts of a target', () => {
  const ofReasons = (count: number, at: number, prefix: string) =>
    Array.from({ length: count }, (_, index): ProblemEvent => {
      const labels = { reason: `${prefix}${index}` };
      const problem = {
        alertname: 'P',
        severity: 'warning',
        summary: 'did it',
        labels,
        message: '',
      } as const;
      return { problem, at, count: 1 };
    });

  test('some become one, and none is lost', () => {
    const state = observe([], TARGET, seen({ problems: ofReasons(1000, NOW, 'r') }), NOW, RULES);
    expect(state).toHaveLength(65);
    expect(state.find(({ labels }) => labels['reason'] === 'other')).toMatchObject({ events: 936 });
    const more = ofReasons(1000, NOW, 'r').reverse();
    const shuffled = observe([], TARGET, seen({ problems: more }), NOW, RULES);
    expect(shuffled).toEqual(state);
    const grown = observe(state, TARGET, seen({ problems: more }), NOW, RULES);
    expect(grown.map(({ events }) => events)).toEqual(state.map(({ events }) => 2 * events));
  });

  test('each takes one place, and what is told by conditions takes none', () => {
    const conditions = [condition('B'), condition('C')];
    const before = observe([], TARGET, seen({ conditions }), NOW, RULES);
    const problems = [...ofReasons(64, NOW, 'r'), ...ofReasons(64, NOW - 1, 'r')];
    const state = observe(before, TARGET, seen({ problems, conditions }), NOW, RULES);
    expect(state).toHaveLength(66);
    expect(state.map(({ labels }) => labels['reason'])).not.toContain('other');
  });

  test('those that were over long ago take no place', () => {
    const [active] = ofReasons(1, NOW - 20 * MINUTE, 'active');
    const problems = [...ofReasons(100, NOW - 60 * MINUTE, 'over'), ...ofReasons(63, NOW, 'r')];
    const state = observe([], TARGET, seen({ problems: active ? [...problems, active] : [] }), NOW, RULES);
    expect(state).toHaveLength(64);
    expect(state.map(({ labels }) => labels['reason'])).not.toContain('other');
    expect(state).toContainEqual(expect.objectContaining({ labels: { reason: 'active0' }, events: 1 }));
  });
});

describe('what is over before it was told for long enough', () => {
  const KEEP: QuietRules = { ...RULES, keepFiringFor: MINUTE, lastRead: NOW - MINUTE };
  const recovery = (at: number) => ({ alertname: 'ModelArtsServiceAbnormalEvent', at });
  const short = condition('ModelArtsPoolAbnormal', { since: NOW - 40_000, at: NOW - 40_000 });

  test('a condition that ends fires on, with its end in view, for a minute from when it was told', () => {
    const told = observe([], TARGET, seen({ conditions: [short] }), NOW, KEEP);
    const ended = observe(told, TARGET, seen(), NOW + 30_000, KEEP);
    expect(ended).toMatchObject([{ recoveredAt: NOW + 30_000, resolvedAt: null }]);
    expect(expire(ended, NOW + MINUTE - 1, KEEP)).toBe(ended);
    expect(expire(ended, NOW + MINUTE, KEEP)).toMatchObject([{ resolvedAt: NOW + MINUTE }]);
    // It comes back meanwhile: it is no longer over.
    const again = observe(ended, TARGET, seen({ conditions: [short] }), NOW + 40_000, KEEP);
    expect(again).toMatchObject([{ toldAt: NOW }]);
    expect(again).not.toMatchObject([{ recoveredAt: NOW + 30_000 }]);
  });

  test('an end that is seen again moves nothing', () => {
    const told = observe([], TARGET, seen({ conditions: [short] }), NOW, KEEP);
    const ended = observe(told, TARGET, seen(), NOW + 30_000, KEEP);
    expect(observe(ended, TARGET, seen(), NOW + 40_000, KEEP)).toBe(ended);
  });

  test('a condition that began and ended between two reads is told, but not where nothing was read before', () => {
    const told = observe([], TARGET, seen({ passed: [short] }), NOW, KEEP);
    expect(told).toMatchObject([
      { origin: 'condition', startsAt: NOW - 40_000, recoveredAt: NOW, resolvedAt: null },
    ]);
    expect(observe(told, TARGET, seen(), NOW + 30_000, KEEP)).toBe(told);
    expect(firing(observe(told, TARGET, seen(), NOW + MINUTE, KEEP))).toEqual([]);
    const { lastRead, ...first } = KEEP;
    expect(lastRead).toBeDefined();
    expect(observe([], TARGET, seen({ passed: [short] }), NOW, first)).toEqual([]);
    expect(observe([], TARGET, seen({ passed: [short] }), NOW, { ...KEEP, keepFiringFor: 0 })).toEqual([]);
  });

  test('a condition that began and ended again adds nothing while it is told, and is told anew after that', () => {
    const told = observe([], TARGET, seen({ passed: [short] }), NOW, KEEP);
    const again = seen({ passed: [{ ...short, since: NOW, at: NOW }] });
    expect(observe(told, TARGET, again, NOW + 30_000, KEEP)).toBe(told);
    const over = observe(told, TARGET, seen(), NOW + MINUTE, KEEP);
    expect(observe(over, TARGET, again, NOW + MINUTE, KEEP)).toMatchObject([
      { startsAt: NOW, recoveredAt: NOW + MINUTE, resolvedAt: null },
    ]);
  });

  test('a problem that comes while an earlier one is told to its end begins anew', () => {
    const early = problemEvent('ModelArtsServiceAbnormalEvent', NOW - 30_000);
    const opened = observe([], TARGET, seen({ problems: [early] }), NOW, KEEP);
    const over = observe(opened, TARGET, seen({ recoveries: [recovery(NOW)] }), NOW, KEEP);
    expect(over).toMatchObject([{ recoveredAt: NOW, resolvedAt: null }]);
    const late = seen({ problems: [problemEvent('ModelArtsServiceAbnormalEvent', NOW + 1)] });
    expect(observe(over, TARGET, late, NOW + 1, KEEP)).toMatchObject([
      { startsAt: NOW + 1, events: 1, recoveredAt: undefined, resolvedAt: null },
    ]);
  });

  test('a problem that recovered before it was read is told, unless that is history', () => {
    const both = seen({
      problems: [problemEvent('ModelArtsServiceAbnormalEvent', NOW - 30_000)],
      recoveries: [recovery(NOW - 10_000)],
    });
    const told = observe([], TARGET, both, NOW, KEEP);
    expect(told).toMatchObject([{ recoveredAt: NOW - 10_000, resolvedAt: null }]);
    expect(firing(expire(told, NOW + MINUTE, KEEP))).toEqual([]);
    expect(observe([], TARGET, both, NOW, { ...KEEP, lastRead: NOW - 10_000 })).toEqual(told);
    expect(observe([], TARGET, both, NOW, { ...KEEP, lastRead: NOW - 9_999 })).toEqual([]);
    expect(observe([], TARGET, both, NOW, { ...KEEP, keepFiringFor: 0 })).toEqual([]);
  });

  test('a target that could not be read is up at once', () => {
    const opened = setDown([], TARGET, condition('ModelArtsTargetDown'), NOW, KEEP);
    expect(firing(setDown(opened, TARGET, undefined, NOW + 1, KEEP))).toEqual([]);
  });
});
