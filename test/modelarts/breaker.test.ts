import { expect, test } from 'vitest';
import { createBreakers, type Sender } from '../../src/modelarts/breaker.ts';
import { ApiError } from '../../src/modelarts/errors.ts';
import { failure, manualTimers } from './scene.ts';

const HERE: Sender = { resumed: async () => {} };
const ELSEWHERE: Sender = { resumed: async () => {} };

const rejected = () => new ApiError('auth', 'HTTP 401', { status: 401 });
const turn = () => new Promise((resolve) => setImmediate(resolve));

function scene() {
  const timers = manualTimers();
  const breakers = createBreakers(timers);
  let sent = 0;
  return {
    breakers,
    sent: () => sent,
    pass: timers.advance,
    sleeping: timers.sleeping,
    run: (outcome: () => Promise<unknown>, key = 'key', sender = HERE) =>
      breakers.run(key, sender, (check) => {
        check();
        sent += 1;
        return outcome();
      }),
  };
}

function deferred() {
  let settle: (error?: unknown) => void = () => {};
  const promise = new Promise<void>((resolve, reject) => {
    settle = (error) => (error === undefined ? resolve() : reject(error));
  });
  return { promise, settle };
}

test('an unproven credential is tried by one request; then all go', async () => {
  const { run, sent, sleeping } = scene();
  const probe = deferred();
  const all = Array.from({ length: 20 }, () => run(() => probe.promise));
  await turn();
  expect(sent()).toBe(1);
  probe.settle();
  await Promise.all(all);
  expect(sent()).toBe(20);
  expect(sleeping()).toEqual([]);
});

test('while a probe is slow another one tries every second, four at most', async () => {
  const { run, sent, pass } = scene();
  const probes = Array.from({ length: 6 }, () => deferred());
  const all = probes.map(({ promise }) => run(() => promise));
  await turn();
  for (const [before, after] of [
    [1, 2],
    [2, 3],
    [3, 4],
    [4, 4],
  ]) {
    pass(999);
    await turn();
    expect(sent()).toBe(before);
    pass(1);
    await turn();
    expect(sent()).toBe(after);
  }
  probes[3]?.settle();
  await turn();
  expect(sent()).toBe(6);
  for (const { settle } of probes) settle();
  await Promise.all(all);
});

test('after a rejection one probe tries, however slow', async () => {
  const { run, sent, pass } = scene();
  await failure(run(() => Promise.reject(rejected())));
  pass(10_000);
  const probe = deferred();
  const all = Array.from({ length: 3 }, () => run(() => probe.promise));
  await turn();
  pass(5_000);
  await turn();
  expect(sent()).toBe(2);
  probe.settle();
  await Promise.all(all);
});

test('every slow probe that is rejected adds to the backoff', async () => {
  const { run, sent, pass } = scene();
  const probes = Array.from({ length: 4 }, () => deferred());
  const all = probes.map(({ promise }) => failure(run(() => promise)));
  for (let second = 0; second < 3; second += 1) {
    await turn();
    pass(1_000);
  }
  await turn();
  for (const { settle } of probes) settle(rejected());
  await Promise.all(all);
  pass(79_999);
  await failure(run(async () => {}));
  expect(sent()).toBe(4);
  pass(1);
  await run(async () => {});
});

test('a probe that still waits for its turn is not sent when another one is rejected', async () => {
  const { breakers, run, pass } = scene();
  const [probe, queued] = [deferred(), deferred()];
  const first = failure(run(() => probe.promise));
  await turn();
  let sent = false;
  const second = failure(
    breakers.run('key', HERE, async (check) => {
      await queued.promise;
      check();
      sent = true;
    }),
  );
  await turn();
  pass(1_000);
  await turn();
  probe.settle(rejected());
  await first;
  queued.settle();
  expect((await second).reason).toBe('auth');
  expect(sent).toBe(false);
});

test('a rejected probe fails everything that waits for it, unsent', async () => {
  const { run, sent } = scene();
  const probe = deferred();
  const all = Array.from({ length: 20 }, () => failure(run(() => probe.promise)));
  await turn();
  probe.settle(rejected());
  const errors = await Promise.all(all);
  expect(errors.map(({ reason }) => reason)).toEqual(Array(20).fill('auth'));
  expect(errors[1]?.message).toBe('the credential was rejected (HTTP 401)');
  expect(sent()).toBe(1);
});

test('one probe per backoff, which doubles from 10 s to 5 min; an accepted one resets it', async () => {
  const { run, sent, pass } = scene();
  const fail = () => failure(run(() => Promise.reject(rejected())));
  for (const [index, backoff] of [10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000].entries()) {
    await fail();
    expect(sent()).toBe(index + 1);
    pass(backoff - 1);
    await fail();
    expect(sent()).toBe(index + 1);
    pass(1);
  }
  await run(async () => {});
  const before = sent();
  await fail();
  pass(10_000);
  await run(async () => {});
  expect(sent()).toBe(before + 2);
});

test('a locked key is left alone for as long as it is locked', async () => {
  const { run, sent, pass } = scene();
  await failure(run(() => Promise.reject(new ApiError('auth', 'x', { status: 401, retryAfter: 300_000 }))));
  pass(299_999);
  await failure(run(async () => {}));
  expect(sent()).toBe(1);
  pass(1);
  await run(async () => {});
});

test('rejections of requests that were under way together count once', async () => {
  const { run, sent, pass } = scene();
  await run(async () => {});
  const all = Array.from({ length: 16 }, () => failure(run(() => Promise.reject(rejected()))));
  await Promise.all(all);
  pass(10_000);
  const before = sent();
  await run(async () => {});
  expect(sent()).toBe(before + 1);
});

test('what waited for its turn when the credential was rejected is not sent, not even after the backoff', async () => {
  const { breakers, run, pass } = scene();
  await run(async () => {});
  const queued = deferred();
  let sent = false;
  const waiting = failure(
    breakers.run('key', HERE, async (check) => {
      await queued.promise;
      check();
      sent = true;
    }),
  );
  await turn();
  await failure(run(() => Promise.reject(rejected())));
  pass(60_000);
  queued.settle();
  expect((await waiting).reason).toBe('auth');
  expect(sent).toBe(false);
});

test('a rejection counts from when the request was sent, however long it waited', async () => {
  const { breakers, run, sent, pass } = scene();
  await run(async () => {});
  const queued = deferred();
  const waiting = failure(
    breakers.run('key', HERE, async (check) => {
      await queued.promise;
      check();
      throw rejected();
    }),
  );
  await turn();
  await failure(run(() => Promise.reject(rejected())));
  pass(10_000);
  await run(async () => {});
  const before = sent();
  queued.settle();
  await waiting;
  await failure(run(async () => {}));
  expect(sent()).toBe(before);
});

test('a success of a request from before the rejection does not close the breaker', async () => {
  const { run, sent } = scene();
  await run(async () => {});
  const slow = deferred();
  const early = run(() => slow.promise);
  await turn();
  await failure(run(() => Promise.reject(rejected())));
  slow.settle();
  await early;
  const before = sent();
  expect((await failure(run(async () => {}))).reason).toBe('auth');
  expect(sent()).toBe(before);
});

test('another credential is not concerned', async () => {
  const { run } = scene();
  await failure(run(() => Promise.reject(rejected()), 'old'));
  await run(async () => {}, 'new');
});

test('an error that is no rejection proves the credential', async () => {
  const { run, sent } = scene();
  await failure(run(() => Promise.reject(new ApiError('not_found', 'x', { status: 404 }))));
  const both = [deferred(), deferred()].map(({ promise, settle }) => ({ done: run(() => promise), settle }));
  await turn();
  expect(sent()).toBe(3);
  for (const { settle } of both) settle();
  await Promise.all(both.map(({ done }) => done));
});

test('an endpoint that three probes cannot reach fails its own waiters, and another one tries', async () => {
  const { run, sent } = scene();
  const probe = deferred();
  const own = Array.from({ length: 10 }, () => failure(run(() => probe.promise)));
  await turn();
  const others = Array.from({ length: 10 }, () => run(async () => {}, 'key', ELSEWHERE));
  probe.settle(new ApiError('network', 'ECONNREFUSED'));
  expect((await Promise.all(own)).map(({ reason }) => reason)).toEqual(Array(10).fill('network'));
  await Promise.all(others);
  expect(sent()).toBe(13);
});

test('a request that gets no answer does not fail those that wait for it', async () => {
  const { run, sent } = scene();
  const unanswered = Array.from({ length: 2 }, () =>
    failure(run(() => Promise.reject(new ApiError('timeout', 'no answer')))),
  );
  const answered = Array.from({ length: 10 }, () => run(async () => {}));
  expect((await Promise.all(unanswered)).map(({ reason }) => reason)).toEqual(['timeout', 'timeout']);
  await Promise.all(answered);
  expect(sent()).toBe(12);
});

test('a 429 proves nothing', async () => {
  const { run, sent } = scene();
  await failure(run(() => Promise.reject(new ApiError('throttled', 'x', { status: 429 }))));
  const probe = deferred();
  const both = [run(() => probe.promise), run(() => probe.promise)];
  await turn();
  expect(sent()).toBe(2);
  probe.settle();
  await Promise.all(both);
});

test('after a 429 the next one tries, when its project is no longer paused', async () => {
  const { run, sent } = scene();
  const pause = deferred();
  let paused = false;
  const sender: Sender = { resumed: () => (paused ? pause.promise : Promise.resolve()) };
  const probe = deferred();
  const first = failure(run(() => probe.promise, 'key', sender));
  await turn();
  const second = run(async () => {}, 'key', sender);
  paused = true;
  probe.settle(new ApiError('throttled', 'x', { status: 429 }));
  await first;
  await turn();
  expect(sent()).toBe(1);
  // Another project with the same credential does not wait for that pause.
  await run(async () => {}, 'key', ELSEWHERE);
  paused = false;
  pause.settle();
  await second;
  expect(sent()).toBe(3);
});
