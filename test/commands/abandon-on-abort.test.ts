import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { abandonOnAbort } from '../../src/commands/abandon-on-abort.ts';

test('whoever waits gives up when the signal aborts, and one who waited in vain leaves nothing behind', async () => {
  const ending = new AbortController();
  const unlessEnding = abandonOnAbort(ending.signal);
  for (let n = 0; n < 100; n += 1) expect(await unlessEnding(Promise.resolve(true))).toBe(true);
  await expect(unlessEnding(Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(getEventListeners(ending.signal, 'abort')).toHaveLength(1);
  const never = unlessEnding(new Promise(() => {}));
  ending.abort();
  expect(await never).toBe(false);
  expect(await unlessEnding(new Promise(() => {}))).toBe(false);
  expect(getEventListeners(ending.signal, 'abort')).toEqual([]);
});
