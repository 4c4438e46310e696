import { getEventListeners } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Alertmanager } from '../../src/alerting/alertmanager.ts';
import { WAIT } from '../patience.ts';
import { FakeAlertmanager } from './fake-alertmanager.ts';
import { alertmanagerAt } from './recording.ts';

/** How much is registered on a signal: its listeners, and the signals that Node.js keeps with it. */
function registeredOn(signal: AbortSignal): number {
  const kept = Object.getOwnPropertySymbols(signal).map((name): unknown => Reflect.get(signal, name));
  return kept.reduce<number>(
    (sum, value) =>
      typeof value === 'object' && value !== null && 'size' in value ? sum + Number(value.size) : sum,
    getEventListeners(signal, 'abort').length,
  );
}

test('posts leave nothing behind on a signal that lasts', async () => {
  await using fake = await FakeAlertmanager.start();
  const signals: AbortSignal[] = [];
  vi.stubGlobal(
    'AbortController',
    class extends AbortController {
      constructor() {
        super();
        signals.push(this.signal);
      }
    },
  );
  onTestFinished(() => void vi.unstubAllGlobals());
  const alertmanager = new Alertmanager(alertmanagerAt(fake.url));
  const lasting = [...signals];
  expect(lasting).not.toEqual([]);

  for (let post = 0; post < 20; post += 1) {
    if (post === 10) fake.answer = (response) => response.destroy();
    const { kind } = await alertmanager.post([]);
    expect(kind).toBe(post < 10 ? 'taken' : 'failed');
  }
  expect(lasting.map(registeredOn)).toEqual(lasting.map(() => 0));

  fake.answer = () => {};
  const unanswered = alertmanager.post([]);
  await vi.waitFor(() => expect(fake.received).toHaveLength(21), WAIT);
  expect(Math.max(...lasting.map(registeredOn))).toBeGreaterThan(0);
  alertmanager.close();
  expect((await unanswered).kind).toBe('failed');
  expect(lasting.map(registeredOn)).toEqual(lasting.map(() => 0));
});

test('a refusal that repeats the credential does not show it', async () => {
  await using fake = await FakeAlertmanager.start();
  fake.answer = (response) =>
    response.writeHead(400).end('bad auth: a-bearer-token bWU6YS1wYXNzd29yZA== me:a-password');
  for (const [auth, secret] of [
    [{ bearerToken: { value: 'a-bearer-token' } }, /a-bearer-token/],
    [{ basicAuth: { username: 'me', password: { value: 'a-password' } } }, /bWU6|a-password/],
  ] as const) {
    const alertmanager = new Alertmanager(alertmanagerAt(fake.url, auth));
    const outcome = await alertmanager.post([]);
    expect(outcome).toMatchObject({ kind: 'refused', message: expect.stringContaining('bad auth: ') });
    expect(JSON.stringify(outcome)).not.toMatch(secret);
    alertmanager.close();
  }
});
