import { monitorEventLoopDelay } from 'node:perf_hooks';
import { hashSync } from 'bcryptjs';
import { expect, test } from 'vitest';
import { BasicAuth } from '../../src/web/basic-auth.ts';

function header(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

const users = new Map([
  ['alice', hashSync('wonder:länd', 10)],
  ['bob', hashSync('builder', 10).replace('$2b$', '$2y$')],
]);

test('the right password of a user is admitted, anything else refused', async () => {
  const auth = new BasicAuth(users);
  expect(await auth.check(header('alice', 'wonder:länd'))).toBe('admitted');
  expect(await auth.check(header('bob', 'builder'))).toBe('admitted');
  expect(await auth.check(header('alice', 'builder'))).toBe('refused');
  expect(await auth.check(header('alice', ''))).toBe('refused');
  expect(await auth.check(header('carol', 'builder'))).toBe('refused');
  expect(await auth.check(header('', ''))).toBe('refused');
});

test.each([
  undefined,
  '',
  'Basic',
  'Basic !!!',
  'Bearer abc',
  `Basic ${Buffer.from('nocolon').toString('base64')}`,
])('the header %j is refused', async (text) => {
  expect(await new BasicAuth(users).check(text)).toBe('refused');
});

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

test('a known verdict costs no second comparison', async () => {
  const auth = new BasicAuth(users);
  for (const [user, password] of [
    ['alice', 'wonder:länd'],
    ['alice', 'wrong'],
    ['carol', 'wrong'],
  ] as const) {
    const first = await milliseconds(() => auth.check(header(user, password)));
    const next = await milliseconds(() => auth.check(header(user, password)));
    expect(next).toBeLessThan(first / 10);
  }
});

test('an unknown user costs as much as a known one', async () => {
  const auth = new BasicAuth(users);
  await auth.check(header('alice', 'warm-up'));
  const known: number[] = [];
  const unknown: number[] = [];
  for (let i = 0; i < 5; i++) {
    known.push(await milliseconds(() => auth.check(header('alice', `wrong${i}`))));
    unknown.push(await milliseconds(() => auth.check(header('carol', `wrong${i}`))));
  }
  const ratio = Math.min(...unknown) / Math.min(...known);
  expect(ratio).toBeGreaterThan(0.5);
  expect(ratio).toBeLessThan(2);
});

test('a flood of guesses is turned away, and a user who is known still comes in', async () => {
  const auth = new BasicAuth(users);
  expect(await auth.check(header('alice', 'wonder:länd'))).toBe('admitted');
  const guesses = Array.from({ length: 60 }, (_, i) => auth.check(header('alice', `guess${i}`)));
  expect(await auth.check(header('alice', 'wonder:länd'))).toBe('admitted');
  const verdicts = await Promise.all(guesses);
  expect(verdicts.filter((verdict) => verdict === 'busy')).toHaveLength(10);
  expect(verdicts).not.toContain('admitted');
});

test('an unknown user costs as much as the user of the highest cost', async () => {
  const auth = new BasicAuth(
    new Map([
      ['low', hashSync('a', 4)],
      ['high', hashSync('b', 10)],
      ['middle', hashSync('c', 5)],
    ]),
  );
  await auth.check(header('high', 'warm-up'));
  const known = await milliseconds(() => auth.check(header('high', 'wrong')));
  const unknown = await milliseconds(() => auth.check(header('nobody', 'wrong')));
  expect(unknown).toBeGreaterThan(known / 4);
});

test('guesses are compared one by one, so that others have their turn', async () => {
  const auth = new BasicAuth(new Map([['alice', hashSync('wonder', 12)]]));
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  await Promise.all(Array.from({ length: 8 }, (_, i) => auth.check(header('alice', `guess${i}`))));
  delay.disable();
  expect(delay.max / 1e6).toBeLessThan(450);
});

test('no more than a hundred wrong passwords are remembered', async () => {
  const auth = new BasicAuth(new Map([['alice', hashSync('wonder', 8)]]));
  for (let i = 0; i < 101; i++) await auth.check(header('alice', `guess${i}`));
  const kept = await milliseconds(() => auth.check(header('alice', 'guess100')));
  const forgotten = await milliseconds(() => auth.check(header('alice', 'guess0')));
  expect(forgotten).toBeGreaterThan(kept * 5);
});
