import { setImmediate } from 'node:timers/promises';
import { hashSync } from 'bcryptjs';
import { expect, test } from 'vitest';
import { BasicAuth } from '../../../src/web/access/basic-auth.ts';

function header(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** At the least cost: what a comparison takes is no matter of these tests. */
const users = new Map([
  ['alice', hashSync('wonder:länd', 4)],
  ['bob', hashSync('builder', 4).replace('$2b$', '$2y$')],
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

/** Compares in no time, and keeps the hashes it was asked for; only `right` is right. */
function recording() {
  const hashes: string[] = [];
  const matches = async (password: string, hash: string) => {
    hashes.push(hash);
    return password === 'right';
  };
  return { hashes, matches };
}

test('a known verdict costs no second comparison', async () => {
  const { hashes, matches } = recording();
  const auth = new BasicAuth(users, matches);
  for (let time = 0; time < 2; time++) {
    expect(await auth.check(header('alice', 'right'))).toBe('admitted');
    expect(await auth.check(header('alice', 'wrong'))).toBe('refused');
    expect(await auth.check(header('carol', 'wrong'))).toBe('refused');
    expect(hashes).toHaveLength(3);
  }
});

test('a password is compared with the hash of its user', async () => {
  const { hashes, matches } = recording();
  const auth = new BasicAuth(users, matches);
  for (const user of users.keys()) await auth.check(header(user, 'wrong'));
  expect(hashes).toEqual([...users.values()]);
});

test('an unknown user costs as much as the user of the highest cost, and is refused whatever comes out', async () => {
  const { hashes, matches } = recording();
  const costs = { low: 4, high: 10, middle: 5 };
  const auth = new BasicAuth(
    new Map(Object.entries(costs).map(([user, cost]) => [user, hashSync('p', cost)])),
    matches,
  );
  expect(await auth.check(header('nobody', 'right'))).toBe('refused');
  expect(hashes).toEqual([expect.stringMatching(/^\$2b\$10\$.{53}$/)]);
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

test('guesses are compared one by one, so that others have their turn', async () => {
  let running = 0;
  const seen: number[] = [];
  const auth = new BasicAuth(users, async () => {
    running += 1;
    seen.push(running);
    await setImmediate();
    running -= 1;
    return false;
  });
  await Promise.all(Array.from({ length: 8 }, (_, i) => auth.check(header('alice', `guess${i}`))));
  expect(seen).toEqual(Array(8).fill(1));
});

test('no more than a hundred wrong passwords are remembered', async () => {
  const { hashes, matches } = recording();
  const auth = new BasicAuth(users, matches);
  for (let i = 0; i < 101; i++) await auth.check(header('alice', `guess${i}`));
  await auth.check(header('alice', 'guess100'));
  expect(hashes).toHaveLength(101);
  await auth.check(header('alice', 'guess0'));
  expect(hashes).toHaveLength(102);
});
