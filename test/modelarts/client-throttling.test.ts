import { expect, test } from 'vitest';
import { Quotas } from '../../src/modelarts/quotas.ts';
import {
  client,
  EVENTS,
  failure,
  json,
  manualTimers,
  recordingLogger,
  serve,
  settle,
  until,
} from './scene.ts';

test('a 429 pauses the whole project and the others wait', async () => {
  let throttled = true;
  const server = await serve((_, response) => {
    if (throttled) json(response, 429, { error_msg: 'policy user over ratelimit,limit:200,time:5 minute' });
    else json(response, 200, {});
  });
  const timers = manualTimers();
  const log = recordingLogger();
  const api = client({ endpoint: server.origin, api: { retries: 2 } }, { timers, log });
  const error = await failure(api.request(EVENTS));
  expect(error).toMatchObject({ reason: 'throttled', retryAfter: 300_000, isOwnDoing: false });
  expect(api.isThrottled()).toBe(true);
  expect(log.lines.filter(({ level }) => level === 'warn')).toMatchObject([
    { message: 'throttled', fields: { project: 'prod', pause_seconds: 300 } },
  ]);
  throttled = false;
  const others = Array.from({ length: 20 }, () => api.request(EVENTS));
  timers.advance(299_999);
  await settle();
  expect(server.received).toHaveLength(1);
  timers.advance(1);
  await Promise.all(others);
  expect(server.received).toHaveLength(21);
});

test('a short pause is waited for by the request itself', async () => {
  let count = 0;
  const server = await serve((_, response) => {
    count += 1;
    if (count === 1) json(response, 429, {}, { 'retry-after': '3' });
    else json(response, 200, { fine: true });
  });
  const timers = manualTimers();
  const api = client({ endpoint: server.origin, api: { retries: 1 } }, { timers });
  const answer = api.request(EVENTS);
  await until(() => timers.sleeping().length > 0);
  timers.advance(2_999);
  await settle();
  expect(server.received).toHaveLength(1);
  timers.advance(1);
  expect(await answer).toEqual({ fine: true });
});

test('a burst of 429 is one pause and one log line', async () => {
  let throttled = false;
  const server = await serve((_, response) => json(response, throttled ? 429 : 200, {}));
  const timers = manualTimers();
  const log = recordingLogger();
  const api = client({ endpoint: server.origin }, { timers, log });
  await api.request(EVENTS);
  throttled = true;
  const burst = await Promise.all(Array.from({ length: 16 }, () => failure(api.request(EVENTS))));
  expect(new Set(burst.map(({ retryAfter }) => retryAfter))).toEqual(new Set([1_000]));
  expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  timers.advance(1_000);
  expect(await failure(api.request(EVENTS))).toMatchObject({ retryAfter: 2_000 });
});

test('one project that is throttled costs another nothing', async () => {
  const slow = await serve((_, response) => json(response, 429, {}));
  const fine = await serve((_, response) => json(response, 200, {}));
  const timers = manualTimers();
  const throttled = client({ endpoint: slow.origin }, { timers });
  await failure(throttled.request(EVENTS));
  await client({ endpoint: fine.origin }, { timers }).request(EVENTS);
});

test('a quota is learnt from its first refusal, and shared by the projects that send by one credential', async () => {
  const timers = manualTimers();
  let window = timers.now();
  let count = 0;
  let refused = 0;
  const server = await serve((_, response) => {
    if (timers.now() >= window + 60_000) {
      window = timers.now();
      count = 0;
    }
    count += 1;
    if (count <= 10) return json(response, 200, {});
    refused += 1;
    return json(response, 429, { error_msg: 'policy user over ratelimit,limit:10,time:1 minute' });
  });
  const quotas = new Quotas(() => Date.now(), timers.now);
  const one = client({ endpoint: server.origin, name: 'one' }, { timers, quotas });
  const two = client({ endpoint: server.origin, name: 'two' }, { timers, quotas });
  const other = client(
    { endpoint: server.origin, name: 'other', auth: { kind: 'token', token: { value: 'another' } } },
    { timers, quotas },
  );
  await Promise.all(Array.from({ length: 11 }, () => one.request(EVENTS).catch(() => {})));
  expect(refused).toBe(1);
  // The requests of this exporter explain it: nobody is to be told that the project can't be reached.
  expect(one.isThrottled()).toBe(false);
  expect(one.load()).toMatchObject({ rate: 10 / 60, part: 5 / 60, isScarce: true });
  expect(two.load().rate).toBe(10 / 60);
  expect(other.load()).toMatchObject({ rate: 1_000, isScarce: false });

  const rest = [one, two].flatMap((api) => Array.from({ length: 20 }, () => api.request(EVENTS)));
  let done = false;
  const all = Promise.all(rest).then(() => {
    done = true;
  });
  while (!done) {
    await settle();
    timers.advance(5_000);
  }
  await all;
  expect(refused).toBe(1);
  two.close();
  expect(one.load().part).toBe(10 / 60);
  expect(one.load().throttledFor).toBeGreaterThan(60);
});
