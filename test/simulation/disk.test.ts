import { expect, test } from 'vitest';
import { seededRandom } from '../../src/simulator/seeded-random.ts';
import { replaceFile } from '../../src/state/replace-file.ts';
import { systemTimers } from '../../src/timers.ts';
import { SimulatedDisk } from './disk.ts';

const instant = { ...systemTimers, sleep: async () => {} };

async function write(disk: SimulatedDisk, path: string, text: string, isSynced: boolean): Promise<void> {
  const file = await disk.open(path, 'wx');
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done)).bytesWritten;
  if (isSynced) await file.sync();
  await file.close();
}

test('without sync a loss of power may take any part of a file', async () => {
  const lengths = new Set<number | undefined>();
  for (let seed = 0; seed < 50; seed += 1) {
    const disk = new SimulatedDisk(instant, seededRandom(seed));
    await write(disk, '/data/file', 'content', false);
    disk.losePower();
    lengths.add((await disk.readFile('/data/file').catch(() => undefined))?.length);
  }
  expect(lengths.size).toBeGreaterThan(3);
});

test('a file that is replaced is the old one or the new one, whenever the power goes', async () => {
  const found = new Set<string>();
  for (let seed = 0; seed < 50; seed += 1) {
    const disk = new SimulatedDisk(instant, seededRandom(seed));
    await replaceFile(disk, '/data/file', Buffer.from('old'));
    let steps = seed % 12;
    const cut = new Proxy(disk, {
      get(target, name) {
        const value = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          steps -= 1;
          if (steps < 0) return new Promise(() => {});
          return value.apply(target, args);
        };
      },
    });
    await Promise.race([replaceFile(cut, '/data/file', Buffer.from('new')), new Promise(setImmediate)]);
    disk.losePower();
    found.add((await disk.readFile('/data/file')).toString());
  }
  expect([...found].sort()).toEqual(['new', 'old']);
});

test('a full disk takes what fits', async () => {
  const disk = new SimulatedDisk(instant, seededRandom(1));
  disk.room = 3;
  await expect(write(disk, '/data/file', 'content', true)).rejects.toThrow('ENOSPC');
  expect((await disk.readFile('/data/file')).toString()).toBe('con');
});

test('who waits for the next write is told once, before anything is written', async () => {
  const disk = new SimulatedDisk(instant, seededRandom(1));
  const found: (string | undefined)[] = [];
  disk.onWrite = () => found.push(disk.files.get('/data/file')?.toString());
  await write(disk, '/data/file', 'content', true);
  await write(disk, '/data/other', 'content', true);
  expect(found).toEqual(['']);
});
