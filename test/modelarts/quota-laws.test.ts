import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Quota } from '../../src/modelarts/quota.ts';
import { runs } from '../laws.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** One who sends by a quota of its own, and keeps a thirtieth of it back, as the line of a project does. */
interface Sender {
  readonly quota: Quota;
  readonly sent: number[];
  readonly refused: number[];
  pausedUntil: number;
  credit: number;
}

interface World {
  readonly limit: number;
  readonly period: number;
  readonly senders: number;
  readonly duration: number;
  /** Whether the gateway looks back over a period at each request, or counts in fixed windows. */
  readonly isSliding: boolean;
  /** Whether a sender has something to send at this moment. */
  readonly hasWork?: (now: number) => boolean;
  /** Requests of a period that others of the same user take. */
  readonly others?: (now: number) => number;
}

const STEP = 200;

/** Senders that do not know of each other, and a gateway that names its limit. */
function play(world: World): Sender[] {
  const { limit, period, senders, duration, isSliding, hasWork = () => true, others = () => 0 } = world;
  const all = Array.from({ length: senders }, (_, index) => ({
    quota: new Quota(),
    sent: [],
    refused: [],
    pausedUntil: index * 37 * SECOND,
    credit: 0,
  })) satisfies Sender[];
  let passed: number[] = [];
  const grants = (now: number) => {
    const from = isSliding ? now - period : Math.floor(now / period) * period;
    passed = passed.filter((at) => (isSliding ? at > from : at >= from));
    if (passed.length >= limit - others(now)) return false;
    passed.push(now);
    return true;
  };
  for (let now = 0; now < duration; now += STEP) {
    // By turns the one and the other asks first.
    const order = (now / STEP) % 2 === 0 ? all : all.toReversed();
    for (const sender of order as Sender[]) {
      const { quota, sent, refused } = sender;
      const rate = quota.rate ?? 5;
      sender.credit = Math.min(Math.max(1, rate * 30), sender.credit + (rate * 0.97 * STEP) / SECOND);
      if (sender.credit < 1 || now < Math.max(sender.pausedUntil, quota.nextStart()) || !hasWork(now))
        continue;
      sender.credit -= 1;
      quota.sent(now);
      sent.push(now);
      if (grants(now)) {
        quota.passed(now, now + 20);
        continue;
      }
      refused.push(now);
      quota.refused({ limit, period }, now, now + 20);
      sender.pausedUntil = now + period;
    }
  }
  return all;
}

function within(instants: readonly number[], from: number, to: number): number {
  return instants.filter((at) => at >= from && at < to).length;
}

test('once a quota is learnt no period holds more requests than it grants, but for a few tries', () => {
  const quotas = fc.record({
    limit: fc.integer({ min: 20, max: 300 }),
    period: fc.constantFrom(MINUTE, 5 * MINUTE),
    isSliding: fc.boolean(),
    busy: fc.integer({ min: 1, max: 10 }),
  });
  fc.assert(
    fc.property(quotas, ({ limit, period, isSliding, busy }) => {
      const duration = 60 * period;
      const hasWork = (now: number) => Math.floor(now / period) % 10 < busy;
      const [sender = expect.fail()] = play({ limit, period, senders: 1, duration, isSliding, hasWork });
      const { sent, refused } = sender;
      const [learnt] = refused;
      if (learnt === undefined) return;
      const later = sent.filter((at) => at > learnt);
      // After six periods, then twelve, then twenty-four.
      expect(refused.filter((at) => at > learnt + period).length).toBeLessThanOrEqual(4);
      let tries = 0;
      let tryEnds = Number.NEGATIVE_INFINITY;
      for (const [index, at] of later.entries()) {
        const first = later[index - limit];
        if (first === undefined || at - first >= period) continue;
        const most = later[index - Math.ceil(limit * 1.25)] ?? Number.NEGATIVE_INFINITY;
        if (at - most < period) expect(at - most).toBeGreaterThanOrEqual(period);
        if (at > tryEnds) tries += 1;
        tryEnds = at + 3 * period;
      }
      expect(tries).toBeLessThanOrEqual(4);
    }),
    { ...runs(40), examples: [[{ limit: 20, period: MINUTE, isSliding: false, busy: 10 }]] },
  );
});

test.each([
  [2, false],
  [2, true],
  [3, false],
  [3, true],
])(
  '%i who share a quota and do not know of each other each find their part; sliding: %s',
  (senders, isSliding) => {
    const [limit, period] = [200, 5 * MINUTE];
    const duration = 12 * HOUR;
    const all = play({ limit, period, senders, duration, isSliding });
    const [from, hours] = [3 * HOUR, 9];
    const granted = all.map(
      ({ sent, refused }) => (within(sent, from, duration) - within(refused, from, duration)) / hours / 12,
    );
    for (const part of granted) expect(part).toBeGreaterThan((0.5 * limit) / senders);
    expect(granted.reduce((sum, part) => sum + part, 0)).toBeGreaterThan(0.8 * limit);
    for (const { refused } of all) {
      expect(within(refused, 0, from)).toBeLessThanOrEqual(9);
      expect(within(refused, from, duration) / hours).toBeLessThanOrEqual(2);
    }
  },
);

test('what others took is found again when they have gone', () => {
  const [limit, period] = [200, 5 * MINUTE];
  const others = (now: number) => (now > HOUR && now < 2 * HOUR ? 120 : 0);
  const [sender = expect.fail()] = play({
    limit,
    period,
    senders: 1,
    duration: 6 * HOUR,
    isSliding: false,
    others,
  });
  expect(within(sender.sent, 2 * HOUR - 3 * period, 2 * HOUR) / 3).toBeLessThan(85);
  expect(within(sender.sent, 5 * HOUR, 6 * HOUR) / 12).toBeGreaterThan(0.8 * limit);
  expect(within(sender.refused, 2 * HOUR, 6 * HOUR)).toBeLessThanOrEqual(3);
});
