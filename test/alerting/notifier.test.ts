import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Alert } from '../../src/alerting/alert.ts';
import { type Notifier, type NotifierOptions, startNotifier } from '../../src/alerting/notifier.ts';
import { systemTimers } from '../../src/timers.ts';
import { manualTimers } from '../modelarts/scene.ts';
import { FakeAlertmanager } from './fake-alertmanager.ts';
import { alertmanagerAt, recordingLog, recordingObserver } from './recording.ts';

const LONG = 3_600_000;
const WAIT = { timeout: 120_000, interval: 5 };

let fake: FakeAlertmanager;
let notifiers: Notifier[] = [];

beforeEach(async () => {
  fake = await FakeAlertmanager.start();
});

afterEach(async () => {
  await Promise.all(notifiers.map((notifier) => notifier.stop()));
  notifiers = [];
  await fake[Symbol.asyncDispose]();
});

function alert(id: string): Alert {
  const annotations = { description: id };
  return {
    labels: { alertname: 'A', id },
    annotations,
    severity: 'warning',
    startsAt: 0,
    endsAt: undefined,
    generatorUrl: undefined,
  };
}

/** Alerts by revision: each is of the revision of its place, from 1. */
function start(alerts: Alert[], options: Partial<NotifierOptions> = {}) {
  const log = recordingLog();
  const observer = recordingObserver();
  const notifier = startNotifier({
    alertmanagers: [alertmanagerAt(fake.url)],
    since: (revision) => ({ alerts: alerts.slice(revision), revision: alerts.length }),
    interval: LONG,
    clock: () => Date.UTC(2026, 0, 10),
    log,
    observerOf: observer.observerOf,
    timers: systemTimers,
    ...options,
  });
  notifiers.push(notifier);
  return { notifier, log, observer };
}

function ids(from = 0): string[][] {
  return fake.received.slice(from).map(({ alerts }) => alerts.map(({ labels }) => labels['id'] ?? ''));
}

test('sends at the start, then changes alone and at once, then everything at the interval', async () => {
  const alerts = [alert('a')];
  const { notifier } = start(alerts, { interval: 1_000 });
  await vi.waitFor(() => expect(ids()).toEqual([['a']]), WAIT);
  alerts.push(alert('b'));
  notifier.wake();
  await vi.waitFor(() => expect(ids()).toEqual([['a'], ['b']]), WAIT);
  await vi.waitFor(() => expect(ids()).toEqual([['a'], ['b'], ['a', 'b']]), WAIT);
  expect(fake.received[0]).toMatchObject({
    method: 'POST',
    url: '/api/v2/alerts',
    headers: { 'content-type': 'application/json', 'user-agent': 'modelarts-exporter' },
  });
});

test('sends an empty list where there are no alerts, so that success shows', async () => {
  const { observer } = start([]);
  await vi.waitFor(() => expect(observer.successes).toEqual({ [fake.url]: Date.UTC(2026, 0, 10) }), WAIT);
  expect(ids()).toEqual([[]]);
  expect(observer.sent).toEqual({ [fake.url]: 0 });
});

test('sends thousands in requests of 64, one at a time', async () => {
  const { observer } = start(Array.from({ length: 1_000 }, (_, index) => alert(String(index))));
  await vi.waitFor(() => expect(observer.sent).toEqual({ [fake.url]: 1_000 }), WAIT);
  expect(ids().map(({ length }) => length)).toEqual([...Array(15).fill(64), 40]);
  expect(new Set(ids().flat()).size).toBe(1_000);
  expect(fake.mostInFlight).toBe(1);
});

test('one that does not answer delays no other, and nothing queues for it', async () => {
  await using dead = await FakeAlertmanager.start();
  dead.answer = () => {};
  const alerts = [alert('0')];
  const { notifier, log } = start(alerts, {
    alertmanagers: [alertmanagerAt(dead.url), alertmanagerAt(fake.url)],
  });
  for (let index = 1; index <= 20; index += 1) {
    await vi.waitFor(() => expect(ids().flat()).toContain(String(index - 1)), WAIT);
    alerts.push(alert(String(index)));
    notifier.wake();
  }
  await vi.waitFor(() => expect(ids().flat()).toContain('20'), WAIT);
  expect(dead.received).toHaveLength(1);
  expect(dead.mostInFlight).toBe(1);
  dead.answer = (response) => response.end();
  expect(log.lines).toEqual([]);
});

describe("where this host's clock is wrong", () => {
  const TRUE_TIME = Date.UTC(2026, 0, 10);
  const MINUTE = 60_000;
  const ends = () => fake.received.map(({ alerts }) => alerts.map(({ endsAt }) => Date.parse(endsAt)));

  test('an alert goes on by the clock of the Alertmanager, though that of this host stands still', async () => {
    const timers = manualTimers();
    const began = timers.now();
    fake.clock = () => TRUE_TIME + timers.now() - began;
    start([alert('a')], { timers, interval: MINUTE, clock: () => TRUE_TIME });
    timers.advance(0);
    for (let minutes = 0; minutes < 14; minutes += 1) {
      await vi.waitFor(() => expect(timers.sleeping()).toEqual([MINUTE]), WAIT);
      timers.advance(MINUTE);
    }
    await vi.waitFor(() => expect(timers.sleeping()).toEqual([MINUTE]), WAIT);
    expect(ends()).toEqual(Array.from({ length: 15 }, (_, minutes) => [TRUE_TIME + (minutes + 4) * MINUTE]));
  });

  test.each([-10 * MINUTE, 10 * MINUTE])(
    'what it has dated is sent once more as soon as that shows (%d ms)',
    async (error) => {
      const timers = manualTimers();
      const resolved = { ...alert('b'), endsAt: TRUE_TIME + error };
      fake.clock = () => TRUE_TIME;
      start([alert('a'), resolved], { timers, interval: MINUTE, clock: () => TRUE_TIME + error });
      timers.advance(0);
      await vi.waitFor(() => expect(timers.sleeping()).toEqual([MINUTE]), WAIT);
      expect(ends()).toEqual([
        [TRUE_TIME + error + 4 * MINUTE, TRUE_TIME + error],
        [TRUE_TIME + 4 * MINUTE, TRUE_TIME + Math.min(error, 0)],
      ]);
    },
  );

  test('a difference of few seconds is left to it, as it tells more than whole seconds', async () => {
    const timers = manualTimers();
    const began = timers.now();
    const clock = () => TRUE_TIME + 123 + timers.now() - began;
    fake.clock = () => clock() + 4_500;
    start([alert('a')], { timers, interval: MINUTE, clock });
    timers.advance(0);
    await vi.waitFor(() => expect(timers.sleeping()).toEqual([MINUTE]), WAIT);
    timers.advance(MINUTE);
    await vi.waitFor(() => expect(timers.sleeping()).toEqual([MINUTE]), WAIT);
    expect(ends()).toEqual([4, 5].map((minutes) => [TRUE_TIME + 123 + minutes * MINUTE]));
  });
});

test('retries soon with the newest state where a server fails, and logs changes only', async () => {
  const alerts = [alert('a')];
  const timers = manualTimers();
  fake.answer = (response) => response.writeHead(503).end();
  const { notifier, log, observer } = start(alerts, { timers });
  timers.advance(0);
  await vi.waitFor(() => expect(timers.sleeping()).toEqual([1_000]), WAIT);
  alerts.push(alert('b'));
  notifier.wake();
  timers.advance(1_000);
  await vi.waitFor(() => expect(timers.sleeping()).toEqual([2_000]), WAIT);
  expect(observer.errors).toEqual({ [fake.url]: 2 });
  fake.answer = (response) => response.end();
  timers.advance(2_000);
  await vi.waitFor(() => expect(observer.sent).toEqual({ [fake.url]: 2 }), WAIT);
  expect(ids()).toEqual([['a'], [], [], ['a', 'b']]);
  await vi.waitFor(() => expect(log.lines).toHaveLength(2), WAIT);
  expect(log.lines).toEqual([
    `warn sending alerts failed {"alertmanager":"${fake.url}","error":"HTTP status 503"}`,
    `info sending alerts works again {"alertmanager":"${fake.url}"}`,
  ]);
});

const FAILURES: Readonly<Record<string, (response: ServerResponse) => void>> = {
  'a status of 500': (response) => response.writeHead(500).end(),
  'a cut connection': (response) => response.destroy(),
};

describe.each(Object.entries(FAILURES))('where the answer is %s', (_, fail) => {
  test('an alert that cannot be sent holds up no other, and is tried again alone', async () => {
    const alerts = Array.from({ length: 150 }, (_, index) => alert(String(index)));
    const timers = manualTimers();
    const delivered = new Set<string>();
    let isBroken = true;
    fake.answer = (response, received) => {
      const sent = received.alerts.map(({ labels }) => labels['id'] ?? '');
      if (isBroken && sent.includes('20')) return fail(response);
      for (const id of sent) delivered.add(id);
      response.end();
    };
    const { log } = start(alerts, { timers, interval: 30_000 });
    timers.advance(0);
    await vi.waitFor(() => expect(timers.sleeping()).toEqual([1_000]), WAIT);
    timers.advance(1_000);
    await vi.waitFor(() => expect(timers.sleeping()).toEqual([30_000]), WAIT);
    expect(delivered.size).toBe(149);
    expect(ids()).toContainEqual(['20']);
    const requests = fake.received.length;
    expect(requests).toBeLessThan(30);

    timers.advance(30_000);
    await vi.waitFor(() => expect(timers.sleeping()).toEqual([30_000]), WAIT);
    expect(ids(requests).map(({ length }) => length)).toEqual([64, 64, 21, 1, 0]);
    expect(log.lines).toHaveLength(1);

    isBroken = false;
    timers.advance(30_000);
    await vi.waitFor(() => expect(log.lines.at(-1)).toContain('works again'), WAIT);
    expect(delivered.size).toBe(150);
  });

  test('an Alertmanager that does not work gets one empty list for each wait', async () => {
    const alerts = Array.from({ length: 150 }, (_, index) => alert(String(index)));
    const timers = manualTimers();
    fake.answer = fail;
    const { notifier } = start(alerts, { timers, interval: 30_000 });
    timers.advance(0);
    for (const wait of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      await vi.waitFor(() => expect(timers.sleeping()).toEqual([wait]), WAIT);
      notifier.wake();
      timers.advance(wait);
    }
    await vi.waitFor(() => expect(fake.received).toHaveLength(8), WAIT);
    expect(ids().map(({ length }) => length)).toEqual([64, 0, 0, 0, 0, 0, 0, 0]);
  });

  test('an Alertmanager that takes no alert at all is not flooded', async () => {
    const alerts = Array.from({ length: 1_000 }, (_, index) => alert(String(index)));
    const timers = manualTimers();
    fake.answer = (response, received) => (received.alerts.length === 0 ? response.end() : fail(response));
    start(alerts, { timers, interval: 30_000 });
    timers.advance(0);
    await vi.waitFor(() => expect(timers.sleeping()).toEqual([1_000]), WAIT);
    timers.advance(1_000);
    await vi.waitFor(() => expect(timers.sleeping()).toEqual([30_000]), WAIT);
    expect(fake.received).toHaveLength(1 + 1 + 2 * 32);
  });
});

test.each([
  [400, ': "bad label"'],
  [401, ''],
  [302, ''],
])('does not retry what is refused with %i, goes on with the rest, and shows it', async (status, reason) => {
  fake.answer = (response) =>
    response.writeHead(status, { location: `${fake.url}/elsewhere` }).end('"bad label"');
  const alerts = Array.from({ length: 65 }, (_, index) => alert(String(index)));
  const { notifier, log, observer } = start(alerts);
  await vi.waitFor(() => expect(log.lines).toHaveLength(1), WAIT);
  expect(log.lines[0]).toContain(JSON.stringify(`HTTP status ${status}${reason}`));
  alerts.push(alert('new'));
  notifier.wake();
  await vi.waitFor(() => expect(observer.errors).toEqual({ [fake.url]: 3 }), WAIT);
  expect(ids().map(({ length }) => length)).toEqual([64, 1, 1]);
  expect(observer.successes).toEqual({});
  expect(new Set(fake.received.map(({ url }) => url))).toEqual(new Set(['/api/v2/alerts']));
});

test('what is too large is sent in smaller parts, and an Alertmanager that refuses one alert alone works', async () => {
  fake.answer = (response, { alerts }) => response.writeHead(alerts.length > 10 ? 413 : 200).end();
  const { observer } = start(Array.from({ length: 64 }, (_, index) => alert(String(index))));
  await vi.waitFor(() => expect(observer.sent[fake.url]).toBe(64), WAIT);

  fake.answer = (response, { alerts }) => response.writeHead(alerts.length > 0 ? 413 : 200).end();
  const poisoned = start([alert('poison')]);
  await vi.waitFor(() => expect(poisoned.observer.errors[fake.url]).toBeGreaterThan(1), WAIT);
  await vi.waitFor(() => expect(poisoned.observer.successes[fake.url]).toBeDefined(), WAIT);
});

test('a request that takes too long, and an answer that does not end, are failures', async () => {
  fake.answer = () => {};
  const slow = start([], { alertmanagers: [alertmanagerAt(fake.url, { timeout: 50 })] });
  await vi.waitFor(() => expect(slow.log.lines[0]).toContain('Timeout'), WAIT);
  fake.answer = (response) => {
    const timer = setInterval(() => response.write('x'.repeat(65_536)), 1);
    response.on('close', () => clearInterval(timer));
  };
  const flooded = start([]);
  await vi.waitFor(() => expect(flooded.log.lines[0]).toContain('aborted'), WAIT);
});

describe('at the end', () => {
  test('what changed during a slow request is delivered', async () => {
    const answers: ServerResponse[] = [];
    fake.answer = (response) => void answers.push(response);
    const alerts: Alert[] = [];
    const { notifier, observer } = start(alerts);
    await vi.waitFor(() => expect(answers).toHaveLength(1), WAIT);
    alerts.push(alert('late'));
    notifier.wake();
    const stopped = notifier.stop();
    fake.answer = (response) => response.end();
    answers[0]?.end();
    await stopped;
    expect(fake.received.at(-1)?.alerts.map(({ labels }) => labels['id'])).toEqual(['late']);
    expect(observer.sent).toEqual({ [fake.url]: 1 });
  });

  test('an Alertmanager that works again is not left to wait for its retry', async () => {
    fake.answer = (response) => response.writeHead(503).end();
    const { notifier, log } = start([alert('a')]);
    await vi.waitFor(() => expect(log.lines).toHaveLength(1), WAIT);
    fake.answer = (response) => response.end();
    await notifier.stop();
    expect(fake.received.at(-1)?.alerts.map(({ labels }) => labels['id'])).toEqual(['a']);
  });

  test('nothing is sent twice', async () => {
    const { notifier } = start([alert('a')]);
    await vi.waitFor(() => expect(fake.received).toHaveLength(1), WAIT);
    await vi.waitFor(() => expect(fake.inFlight).toBe(0), WAIT);
    await notifier.stop();
    expect(fake.received).toHaveLength(1);
  });
});

test('stops soon, in the middle of a request that hangs', async () => {
  fake.answer = () => {};
  const { notifier, log, observer } = start([]);
  await vi.waitFor(() => expect(fake.received).toHaveLength(1), WAIT);
  await notifier.stop();
  expect(log.lines).toEqual([]);
  expect(observer.errors).toEqual({});
});

test('keeps to a path prefix, and does not show what a proxy echoes', async () => {
  const url = `${fake.url}/am`;
  const basicAuth = { username: 'me', password: { value: 'p@ss/word' } };
  fake.answer = (response) => response.writeHead(403).end('p@ss/word');
  const { log, observer } = start([], { alertmanagers: [alertmanagerAt(url, { basicAuth })] });
  await vi.waitFor(() => expect(log.lines).toHaveLength(1), WAIT);
  expect(fake.received[0]?.url).toBe('/am/api/v2/alerts');
  expect(observer.errors).toEqual({ [url]: 1 });
  expect(log.lines.join()).not.toContain('p@ss');
});

test('uses basic auth and bearer tokens, and a rotated file without a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'notifier-'));
  try {
    const file = join(folder, 'token');
    await writeFile(file, 'one\n');
    const { notifier } = start([], {
      alertmanagers: [alertmanagerAt(fake.url, { bearerToken: { file } })],
      since: () => ({ alerts: [alert('a')], revision: 0 }),
    });
    await vi.waitFor(() => expect(fake.received[0]?.headers.authorization).toBe('Bearer one'), WAIT);
    await writeFile(file, 'two\n');
    notifier.wake();
    await vi.waitFor(() => expect(fake.received[1]?.headers.authorization).toBe('Bearer two'), WAIT);

    const basicAuth = { username: 'u', password: { value: 'pä' } };
    start([], { alertmanagers: [alertmanagerAt(fake.url, { basicAuth })] });
    const expected = `Basic ${Buffer.from('u:pä').toString('base64')}`;
    await vi.waitFor(() => expect(fake.received[2]?.headers.authorization).toBe(expected), WAIT);

    await writeFile(file, 'two\nx-evil: 1');
    const evil = start([], { alertmanagers: [alertmanagerAt(fake.url, { bearerToken: { file } })] });
    await vi.waitFor(() => expect(evil.log.lines[0]).toContain('HTTP header'), WAIT);
    expect(evil.log.lines[0]).not.toContain('evil');

    const missing = start([], {
      alertmanagers: [alertmanagerAt(fake.url, { bearerToken: { file: join(folder, 'none') } })],
    });
    await vi.waitFor(() => expect(missing.log.lines[0]).toContain('none'), WAIT);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('speaks TLS with its own authority, client certificate and server name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'notifier-'));
  try {
    const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const args =
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=am.internal';
    const files = ['-addext', 'subjectAltName=DNS:am.internal', '-keyout', keyFile, '-out', certFile];
    execFileSync('openssl', [...args.split(' '), ...files], { stdio: 'ignore' });
    const [key, cert] = [await readFile(keyFile), await readFile(certFile)];
    await using secure = await FakeAlertmanager.start((handler) =>
      createHttpsServer({ key, cert, ca: cert, requestCert: true, rejectUnauthorized: true }, handler),
    );
    const url = `https://127.0.0.1:${secure.port}`;
    const stranger = start([], { alertmanagers: [alertmanagerAt(url)] });
    await vi.waitFor(() => expect(stranger.log.lines[0]).toMatch(/certificate/), WAIT);
    expect(secure.received).toEqual([]);
    const tls = { caFile: certFile, certFile, keyFile, serverName: 'am.internal', insecureSkipVerify: false };
    const { observer } = start([], { alertmanagers: [alertmanagerAt(url, { tls })] });
    await vi.waitFor(() => expect(Object.keys(observer.successes)).toEqual([url]), WAIT);
  } finally {
    await rm(folder, { recursive: true });
  }
});
