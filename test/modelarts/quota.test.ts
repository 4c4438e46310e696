import { expect, test } from 'vitest';
import { Quota } from '../../src/modelarts/quota.ts';

const MINUTE = 60_000;
const WINDOW = { limit: 200, period: 5 * MINUTE };

type Says = 'limit' | 'retry_after' | 'nothing';

interface Course {
  readonly quota: Quota;
  readonly sent: readonly number[];
  readonly refused: readonly number[];
}

/**
 * Somebody who always has something to send, at most 20 a second, and a gateway with windows of five minutes.
 * @param others sends that are not this exporter's, per window
 */
function course(
  says: Says,
  duration: number,
  { from = 0, others = 0, lifted = Number.POSITIVE_INFINITY, quota = new Quota() } = {},
): Course {
  let limit = WINDOW.limit;
  let count = 0;
  let window = 0;
  let pausedUntil = 0;
  let backoff = 0;
  const sent: number[] = [];
  const refused: number[] = [];
  for (let now = from; now < from + duration; now += 50) {
    if (now >= lifted) limit = 2_000;
    const current = Math.floor(now / WINDOW.period);
    if (current !== window) count = 0;
    window = current;
    if (now < Math.max(pausedUntil, quota.nextStart())) continue;
    quota.sent(now);
    sent.push(now);
    count += 1;
    if (count <= limit - others) {
      quota.passed(now, now + 20);
      backoff = 0;
      continue;
    }
    refused.push(now);
    quota.refused(says === 'limit' ? { limit, period: WINDOW.period } : undefined, now, now + 20);
    backoff = Math.min(60_000, Math.max(1_000, backoff * 2));
    const rest = (window + 1) * WINDOW.period - now;
    pausedUntil = now + { limit: WINDOW.period, retry_after: rest, nothing: backoff }[says];
  }
  return { quota, sent, refused };
}

test.each<Says>(['limit', 'retry_after', 'nothing'])('a quota is learnt where a refusal says: %s', (says) => {
  const learning = course(says, 10 * MINUTE);
  expect(learning.quota.rate).toBeCloseTo(200 / 300, says === 'nothing' ? 0 : 1);
  // One pause, or where nothing is said a request at each end of the pauses that double.
  expect(learning.refused.length).toBeLessThanOrEqual(says === 'nothing' ? 10 : 1);
  const { sent, refused } = course(says, 60 * MINUTE, { from: 10 * MINUTE, quota: learning.quota });
  expect(refused.length).toBeLessThanOrEqual(says === 'nothing' ? 20 : 3);
  expect(sent.length - refused.length).toBeGreaterThan(0.8 * 12 * 200);
});

test('a window may be used at once, and not only as a drip', () => {
  const { quota } = course('limit', 10 * MINUTE);
  const { sent } = course('limit', 20_000, { from: 20 * MINUTE, quota });
  expect(sent.length).toBe(200);
});

test('what others of the same user take is left to them', () => {
  const { quota, refused } = course('limit', 60 * MINUTE, { others: 100 });
  expect(quota.rate).toBeLessThan(0.5);
  expect(refused.length).toBeLessThanOrEqual(8);
});

test.each<Says>(['limit', 'retry_after', 'nothing'])(
  'a quota that was lifted is found again, step by step, where a refusal says: %s',
  (says) => {
    const { quota } = course(says, 12 * 60 * MINUTE, { lifted: 30 * MINUTE });
    expect(quota.rate).toBeGreaterThan(2);
  },
);

/** Sends so many requests a second, of which those between two instants are refused. */
function hiccup(perSecond: number, from: number, to: number, until: number): Quota {
  const quota = new Quota();
  let pausedUntil = 0;
  let backoff = 0;
  for (let now = 0; now < until; now += 1_000 / perSecond) {
    if (now < Math.max(pausedUntil, quota.nextStart())) continue;
    quota.sent(now);
    if (now < from || now >= to) {
      quota.passed(now, now + 20);
      continue;
    }
    quota.refused(undefined, now, now + 20);
    backoff = Math.max(1_000, backoff * 2);
    pausedUntil = now + backoff;
  }
  return quota;
}

test('a hiccup after some requests teaches nothing', () => {
  expect(hiccup(5, 2_000, 2_500, 10_000).rate).toBeUndefined();
});

test('what was guessed from a hiccup is soon found to be too little', () => {
  const from = 10_000;
  const guessed = hiccup(5, from, from + 40_000, 90_000).rate ?? expect.fail();
  expect(guessed).toBeLessThan(1);
  expect(hiccup(5, from, from + 40_000, 20 * MINUTE).rate).toBeGreaterThan(4);
});

test('a small quota that nobody names is learnt at its second refusal', () => {
  const quota = new Quota();
  let window = -1;
  let count = 0;
  let pausedUntil = 0;
  let refused = 0;
  for (let now = 0; now < 30 * MINUTE; now += 50) {
    if (now < Math.max(pausedUntil, quota.nextStart())) continue;
    if (Math.floor(now / 10_000) !== window) count = 0;
    window = Math.floor(now / 10_000);
    quota.sent(now);
    count += 1;
    if (count <= 10) quota.passed(now, now + 20);
    else {
      refused += 1;
      quota.refused(undefined, now, now + 20);
      pausedUntil = now + 1_000;
    }
  }
  expect(quota.rate).toBeGreaterThan(0.4);
  expect(quota.rate).toBeLessThan(1.3);
  expect(refused).toBeLessThan(120);
});

test('a second process goes on with what the first has learnt', () => {
  const { quota, sent } = course('limit', 10 * MINUTE);
  const restored = new Quota();
  const state = quota.state((instant) => instant + 1e12);
  restored.restore(JSON.parse(JSON.stringify(state)), (instant) => instant - 1e12, 10 * MINUTE);
  expect(restored.rate).toBe(quota.rate);
  expect(restored.nextStart()).toBe(quota.nextStart());
  expect(sent.length).toBeGreaterThan(200);
});

test('limits of two periods hold side by side', () => {
  const quota = new Quota();
  quota.sent(0);
  quota.refused({ limit: 5, period: 1_000 }, 0, 10);
  quota.sent(2_000);
  quota.passed(2_000, 2_010);
  quota.sent(2_100);
  quota.refused(WINDOW, 2_100, 2_110);
  expect(quota.rate).toBeCloseTo(200 / 300);
  quota.passed(40_000, 40_010);
  for (let request = 0; request < 5; request += 1) quota.sent(40_020);
  expect(quota.nextStart()).toBeGreaterThan(41_000);
});

test('a burst that is refused is one refusal', () => {
  const quota = new Quota();
  for (let now = 0; now < 300; now += 1) quota.sent(now);
  for (let now = 0; now < 200; now += 1) quota.passed(now, 400);
  for (let now = 200; now < 300; now += 1) quota.refused(WINDOW, now, 400 + now);
  expect(quota.rate).toBeCloseTo(200 / 300);
  // Afterwards one request at a time finds out whether it is over.
  quota.sent(400_000);
  expect(quota.nextStart()).toBe(401_000);
  quota.passed(400_000, 400_020);
  expect(quota.nextStart()).toBeLessThan(400_000);
});

test('a try beyond the limit is refused once, however many could be on their way at once', () => {
  const quota = new Quota();
  const window = { limit: 40, period: 20_000 };
  let passed: number[] = [];
  const refused: number[] = [];
  let answers: { readonly at: number; readonly tell: () => void }[] = [];
  for (let now = 0; now < 300_000; now += 10) {
    for (const answer of answers.filter(({ at }) => at <= now)) answer.tell();
    answers = answers.filter(({ at }) => at > now);
    if (now < (refused.at(-1) ?? -window.period) + window.period || now < quota.nextStart()) continue;
    quota.sent(now);
    passed = passed.filter((at) => at > now - window.period);
    const isGranted = passed.length < window.limit;
    if (isGranted) passed.push(now);
    const at = now + 200;
    const tell = () => {
      if (isGranted) quota.passed(now, at);
      else {
        refused.push(now);
        quota.refused(window, now, at);
      }
    };
    answers.push({ at, tell });
  }
  expect(refused.filter((at) => at > window.period).length).toBe(1);
});

test('a refusal before anything passed teaches nothing', () => {
  const quota = new Quota();
  quota.sent(0);
  quota.refused(undefined, 0, 10);
  quota.sent(1_000);
  quota.passed(1_000, 1_010);
  expect(quota.rate).toBeUndefined();
});

test('who has used up what others leave has itself to blame, but not who could send next to nothing', () => {
  const quota = new Quota();
  const explains = (from: number, passed: number) => {
    for (let now = from; now < from + passed; now += 1) {
      quota.sent(now);
      quota.passed(now, now + 20);
    }
    quota.sent(from + 1_000);
    return quota.refused(WINDOW, from + 1_000, from + 1_020);
  };
  expect(explains(0, 10)).toBe(false);
  expect(explains(10 * MINUTE, 100)).toBe(true);
  // 100 of 200 are kept to now.
  expect(explains(20 * MINUTE, 30)).toBe(true);
  expect(explains(30 * MINUTE, 1)).toBe(false);
});

test('a limit beyond which ten times as much passes is none any more', () => {
  const quota = new Quota();
  quota.sent(0);
  quota.refused(WINDOW, 0, 20);
  for (let now = 6 * MINUTE; now < 12 * 60 * MINUTE && quota.rate !== undefined; now += 100) {
    if (now < quota.nextStart()) continue;
    quota.sent(now);
    quota.passed(now, now + 20);
  }
  expect(quota.rate).toBeUndefined();
});
