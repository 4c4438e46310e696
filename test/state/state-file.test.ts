import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, readlink, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { TargetMemory } from '../../src/collection/target-store.ts';
import { systemDisk } from '../../src/disk.ts';
import { readState } from '../../src/state/open-state-file.ts';
import { temporaryFolder } from '../collection/temporary-folder.ts';
import { alertOf, keyOf, openAt, recordingLog, recordOf } from './state-entries.ts';

const DAY = 24 * 3_600_000;
const asRoot = test.skipIf(process.getuid?.() !== 0);

/** Opens, does something and closes, as a process does in its life. */
async function live<T>(
  file: string,
  now: number,
  act: (state: Awaited<ReturnType<typeof openAt>>) => T | Promise<T>,
  log = recordingLog(),
): Promise<T> {
  const state = await openAt(file, now, log);
  try {
    return await act(state);
  } finally {
    await state.close();
  }
}

/** A small file system, that can be filled up. */
async function smallDisk(bytes: number): Promise<string> {
  const folder = await temporaryFolder();
  execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder]);
  onTestFinished(() => void execFileSync('/bin/umount', ['--lazy', folder]));
  return folder;
}

test('what was saved is there again, the epoch with it', async () => {
  const file = join(await temporaryFolder(), 'state');
  await live(file, 5_000, async (state) => {
    expect(state.countingSince).toBe(5_000);
    state.records.put({
      target: recordOf('a', 3, 'late \ud800 text \u2028'),
      alerts: [alertOf('it failed')],
    });
    await state.save(6_000);
    state.records.put({ target: recordOf('b', 1), alerts: [] });
  });
  await live(file, 9_000, (state) => {
    expect(state.countingSince).toBe(5_000);
    expect(state.records.find(keyOf('a'))).toEqual({
      target: recordOf('a', 3, 'late \ud800 text \u2028'),
      alerts: [alertOf('it failed')],
      removedAt: 9_000,
    });
    expect(state.records.find(keyOf('b'))).toBeUndefined();
  });
});

test('the epoch is kept from the first save on, also without any target', async () => {
  const file = join(await temporaryFolder(), 'state');
  await live(file, 5_000, (state) => state.save(5_000));
  await live(file, 9_000, (state) => expect(state.countingSince).toBe(5_000));
});

test('a missing folder is made; file and folder are for the owner alone', async () => {
  const folder = join(await temporaryFolder(), 'not', 'yet');
  await live(join(folder, 'state'), 1, async (state) => {
    await state.save(1);
    expect((await stat(join(folder, 'state'))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });
});

test('what has not changed is not written', async () => {
  const file = join(await temporaryFolder(), 'state');
  const inode = async () => (await stat(file)).ino;
  await live(file, 1, async (state) => {
    state.records.put({ target: recordOf('a', 1), alerts: [] });
    await state.save(1);
    const first = await inode();
    state.records.put({ target: recordOf('a', 1), alerts: [] });
    await state.save(2);
    expect(await inode()).toBe(first);
    state.records.put({ target: recordOf('a', 2), alerts: [] });
    await state.save(3);
    expect(await inode()).not.toBe(first);
  });
});

test('what has not changed is written now and then, so that the next process knows since when nobody looked', async () => {
  const file = join(await temporaryFolder(), 'state');
  await live(file, 1, async (state) => {
    expect(state.savedBefore).toBeUndefined();
    for (const minute of [0, 4, 5, 9]) await state.save(minute * 60_000);
  });
  await live(file, 1, (state) => expect(state.savedBefore).toBe(300_000));
});

test('a save writes what was put before it began, after what must be written before', async () => {
  const file = join(await temporaryFolder(), 'state');
  await live(file, 1, async (state) => {
    state.records.put({ target: recordOf('a', 1), alerts: [] });
    let logged = () => {};
    const log = new Promise<void>((resolve) => {
      logged = resolve;
    });
    const saving = state.save(2, () => log);
    state.records.put({ target: recordOf('a', 2), alerts: [] });
    expect(await readState<TargetMemory>(systemDisk, file)).toBeUndefined();
    logged();
    await saving;
    expect((await readState<TargetMemory>(systemDisk, file))?.entries[0]?.target).toEqual(recordOf('a', 1));
    await state.save(3);
    expect((await readState<TargetMemory>(systemDisk, file))?.entries[0]?.target).toEqual(recordOf('a', 2));
  });
});

test('a target that left is remembered for a while, and over restarts no longer', async () => {
  const file = join(await temporaryFolder(), 'state');
  await live(file, 0, async (state) => {
    for (const id of ['stays', 'returns', 'leaves'])
      state.records.put({ target: recordOf(id, 7), alerts: [alertOf(id)] });
    state.records.remove({ target: recordOf('returns', 7), alerts: [] }, 1);
    state.records.remove({ target: recordOf('leaves', 7), alerts: [] }, 1);
    await state.save(1);
  });
  await live(file, 3 * DAY, async (state) => {
    state.records.put({ target: recordOf('stays', 7), alerts: [] });
    expect(state.records.find(keyOf('returns'))).toMatchObject({ alerts: [], removedAt: 1 });
    state.records.put({ target: recordOf('returns', 8), alerts: [] });
    await state.save(3 * DAY);
  });
  await live(file, 6 * DAY, (state) => state.save(6 * DAY));
  // Nobody has claimed any of them since the third day or the sixth.
  await live(file, 7 * DAY + 2, async (state) => {
    await state.save(7 * DAY + 2);
    expect((await readState<TargetMemory>(systemDisk, file))?.entries.map(({ target }) => target.id)).toEqual(
      ['stays', 'returns'],
    );
  });
  await live(file, 14 * DAY, async (state) => {
    await state.save(14 * DAY);
    expect(await readState<TargetMemory>(systemDisk, file)).toMatchObject({ countingSince: 0, entries: [] });
  });
});

test('where what must be written before can not be, nothing is, until it can', async () => {
  const file = join(await temporaryFolder(), 'state');
  await live(file, 1, async (state) => {
    state.records.put({ target: recordOf('a', 1), alerts: [] });
    await expect(state.save(2, () => Promise.reject(new Error('no room')))).rejects.toThrow('no room');
    expect(await readState<TargetMemory>(systemDisk, file)).toBeUndefined();
    await state.save(3, () => Promise.resolve());
    expect((await readState<TargetMemory>(systemDisk, file))?.entries).toHaveLength(1);
  });
});

test('of targets that left only so many are remembered, the newest', async () => {
  const file = join(await temporaryFolder(), 'state');
  const ids = async () =>
    (await readState<TargetMemory>(systemDisk, file))?.entries.map(({ target }) => target.id);
  await live(file, 0, async (state) => {
    state.records.put({ target: recordOf('stays'), alerts: [] });
    for (let time = 1; time <= 10_002; time += 1) {
      state.records.put({ target: recordOf(`at ${time}`), alerts: [] });
      state.records.remove({ target: recordOf(`at ${time}`, 7), alerts: [] }, time);
    }
    await state.save(20_000);
    expect(state.records.find(keyOf('at 2'))).toBeUndefined();
    expect(state.records.find(keyOf('at 3'))).toBeDefined();
    expect(await ids()).toHaveLength(10_001);
    expect(await ids()).toContain('stays');
  });
});

test('of a fleet however large none is forgotten, though it is not found at once after a restart', async () => {
  const file = join(await temporaryFolder(), 'state');
  await live(file, 0, async (state) => {
    for (let number = 0; number < 10_500; number += 1)
      state.records.put({ target: recordOf(`${number}`), alerts: [] });
    await state.save(0);
  });
  for (const start of [1, 2, 3]) await live(file, start, (state) => state.save(start));
  await live(file, 4, (state) => {
    for (let number = 0; number < 10_500; number += 1)
      expect(state.records.find(keyOf(`${number}`))).toBeDefined();
  });
});

test('another project with the same ids inherits nothing', async () => {
  const file = join(await temporaryFolder(), 'state');
  await live(file, 0, (state) => {
    state.records.put({ target: recordOf('a', 7), alerts: [] });
    expect(state.records.find({ ...keyOf('a'), project: 'production' })).toBeUndefined();
    expect(state.records.find({ ...keyOf('a'), kind: 'pool' })).toBeUndefined();
    expect(state.records.find(keyOf('a'))).toBeDefined();
  });
});

async function written(): Promise<string> {
  const file = join(await temporaryFolder(), 'state');
  await live(file, 5_000, async (state) => {
    for (const id of ['a', 'b', 'c']) state.records.put({ target: recordOf(id, 3), alerts: [] });
    await state.save(5_000);
  });
  return file;
}

test.each<[string, RegExp, (file: string) => Promise<unknown>]>([
  ['empty', /it is empty/, (file) => truncate(file)],
  ['truncated', /truncated or damaged/, async (file) => truncate(file, (await stat(file)).size - 20)],
  [
    'cut after a line',
    /truncated or damaged/,
    (file) => rewrite(file, (text) => text.replace(/\{[^\n]*\n$/, '')),
  ],
  [
    'damaged',
    /truncated or damaged/,
    (file) => rewrite(file, (text) => text.replace('"normal"],0', '"normal"],1')),
  ],
  ['no text', /not a state file/, (file) => writeFile(file, Buffer.alloc(5_000, 0xff))],
  ['foreign', /not a state file/, (file) => writeFile(file, '{"version":1}\n')],
  ['null', /not a state file/, (file) => writeFile(file, 'null\n')],
  [
    'of a newer version',
    /version 2, this exporter reads version 1/,
    (file) => rewrite(file, (text) => text.replace('"version":1', '"version":2')),
  ],
])('a file that is %s is kept aside and said in one line', async (_, reason, spoil) => {
  const file = await written();
  await spoil(file);
  for (const suffix of ['', '-2']) {
    const log = recordingLog();
    await live(
      file,
      7_000,
      async (state) => {
        expect(state.countingSince).toBe(7_000);
        expect(state.records.find(keyOf('a'))).toBeUndefined();
        await state.save(7_000);
      },
      log,
    );
    const aside = `${file}.bad-19700101T000007000Z${suffix}`;
    expect(log.lines).toEqual([
      {
        message: 'the state file can not be used, starting afresh',
        fields: { file, error: expect.stringMatching(reason), kept_as: aside },
      },
    ]);
    expect((await readdir(join(file, '..'))).sort().at(-2)).toMatch(/\.bad-/);
    expect(await readState<TargetMemory>(systemDisk, file)).toMatchObject({ countingSince: 7_000 });
    await rm(file);
    await spoil(await writtenAt(file));
  }
});

async function writtenAt(file: string): Promise<string> {
  await live(file, 5_000, async (state) => {
    state.records.put({ target: recordOf('a', 3), alerts: [] });
    await state.save(5_000);
  });
  return file;
}

async function rewrite(file: string, change: (text: string) => string): Promise<void> {
  const text = await readFile(file, 'utf8');
  expect(change(text)).not.toBe(text);
  await writeFile(file, change(text));
}

test('any cut and any changed byte is found', async () => {
  const file = await written();
  const whole = await readFile(file);
  const good = await readState<TargetMemory>(systemDisk, file);
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: whole.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      async (at, difference, isCut) => {
        const bytes = Buffer.from(isCut ? whole.subarray(0, at) : whole);
        if (!isCut) bytes.writeUInt8((bytes[at] ?? 0) ^ difference, at);
        await writeFile(file, bytes);
        // A change of the last line may keep its meaning; never is anything else read.
        expect(await readState<TargetMemory>(systemDisk, file).catch(() => good)).toEqual(good);
        if (isCut) await expect(readState<TargetMemory>(systemDisk, file)).rejects.toThrow(/it is|it has/);
      },
    ),
  );
});

test('what is no file is refused and left alone', async () => {
  const path = join(await temporaryFolder(), 'state');
  const server = createServer().listen(path);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  await expect(openAt(path, 1)).rejects.toThrow(`state file ${path} is not a file`);
  await expect(openAt('/dev/full', 1)).rejects.toThrow('state file /dev/full is not a file');
});

test('a folder is refused, and nothing in or beside it changes', async () => {
  const parent = await temporaryFolder();
  const folder = join(parent, 'data');
  await mkdir(folder);
  await writeFile(join(folder, 'precious'), 'kept');
  for (const path of [folder, `${folder}/`, join(folder, '.')]) {
    await expect(openAt(path, 1)).rejects.toThrow(`state file ${path} is a folder, and must name a file`);
  }
  expect(await readdir(parent)).toEqual(['data']);
  expect(await readdir(folder)).toEqual(['precious']);
});

const onLinux = test.skipIf(process.platform !== 'linux');

onLinux('the start ends if no folder or no file can be made there', async () => {
  await expect(openAt('/proc/state', 1)).rejects.toThrow('state file /proc/state: no file can be made there');
  await expect(openAt('/proc/none/deep/state', 1)).rejects.toThrow(
    'state file /proc/none/deep/state: no folder can be made there',
  );
});

test('a link to the file stays one, and the lock is that of the file', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'real'));
  const file = await writtenAt(join(folder, 'real', 'state'));
  await symlink(file, join(folder, 'link'));
  await live(join(folder, 'link'), 9_000, async (state) => {
    await expect(openAt(file, 9_000)).rejects.toThrow(/in use by the test/);
    state.records.put({ target: recordOf('new', 1), alerts: [] });
    await state.save(9_000);
  });
  expect(await readlink(join(folder, 'link'))).toBe(file);
  expect((await readState<TargetMemory>(systemDisk, file))?.entries).toHaveLength(2);
});

test('a folder that can not be made shows with each save, and the start goes on', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'file'), '');
  const log = recordingLog();
  const change = async (state: Awaited<ReturnType<typeof openAt>>) => {
    await expect(state.save(1)).rejects.toThrow(/EEXIST|ENOTDIR/);
    await rm(join(folder, 'file'));
    await state.save(2);
    await expect(openAt(join(folder, 'file', 'state'), 1)).rejects.toThrow(/in use by/);
  };
  await live(join(folder, 'file', 'state'), 1, change, log);
  expect(log.lines).toEqual([]);
});

test('a crash amid a save leaves the file as it was, and no pile of others', async () => {
  const file = await written();
  await writeFile(`${file}.tmp`, 'half a', { mode: 0o644 });
  await live(file, 9_000, async (state) => {
    state.records.put({ target: recordOf('d', 1), alerts: [] });
    await state.save(9_000);
  });
  expect((await readdir(join(file, '..'))).sort()).toEqual(['state', 'state.lock.2']);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await readState<TargetMemory>(systemDisk, file))?.entries).toHaveLength(4);
});

asRoot('a full disk keeps the file as it was, until there is room again', async () => {
  const folder = await smallDisk(256 * 1024);
  const file = join(folder, 'state');
  await live(file, 1, async (state) => {
    state.records.put({ target: recordOf('a', 1, 'x'.repeat(50_000)), alerts: [] });
    await state.save(1);
    state.records.put({ target: recordOf('b', 1, 'y'.repeat(200_000)), alerts: [] });
    await expect(state.save(2)).rejects.toThrow(/^ENOSPC: no space left on device, write$/);
    expect((await readdir(folder)).sort()).toEqual(['state', 'state.lock.1']);
    expect((await readState<TargetMemory>(systemDisk, file))?.entries).toHaveLength(1);
    state.records.put({ target: recordOf('b', 2, 'y'), alerts: [] });
    await state.save(3);
    expect((await readState<TargetMemory>(systemDisk, file))?.entries).toHaveLength(2);
  });
});

asRoot('what can not be read nor moved is not overwritten either', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'state');
  const other = join(await temporaryFolder(), 'other');
  for (const each of [file, other]) await writeFile(each, 'foreign');
  execFileSync('/bin/mount', ['--bind', other, file]);
  const log = recordingLog();
  await live(
    file,
    1,
    async (state) => {
      await expect(state.save(1)).rejects.toThrow(/EBUSY/);
      execFileSync('/bin/umount', [file]);
      await state.save(2);
    },
    log,
  );
  expect(log.lines).toMatchObject([{ fields: { file } }]);
  expect(log.lines[0]?.fields).not.toHaveProperty('kept_as');
  expect((await readdir(folder)).sort()).toEqual(['state', 'state.bad-19700101T000000002Z', 'state.lock.1']);
});
