import { once } from 'node:events';
import { link, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { createConnection, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type StateLock, stateLocks } from '../../src/state/state-lock.ts';
import { UnusableStateFileError } from '../../src/state/unusable-state-file-error.ts';
import { systemTimers } from '../../src/timers.ts';
import { temporaryFolder } from '../collection/temporary-folder.ts';

const lockState = stateLocks(systemTimers);

async function lock(file: string, holder = 'process 1 on here'): Promise<StateLock> {
  const held = await lockState(file, holder);
  onTestFinished(() => held.release().catch(() => {}));
  return held;
}

/** A socket as a process leaves it behind that had no time to clean up. */
async function leaveSocket(path: string): Promise<void> {
  const server = createServer().listen(`${path}-made`);
  await once(server, 'listening');
  await link(`${path}-made`, path);
  server.close();
  await once(server, 'close');
}

/** Somebody else behind the socket. */
async function occupy(path: string, talk: (socket: Socket) => void): Promise<void> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket.on('error', () => {}));
    talk(socket);
  }).listen(path);
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
}

test('a second starter is told who holds the file', async () => {
  const file = join(await temporaryFolder(), 'state');
  await lock(file, 'process 17 on node-3');
  await expect(lockState(file, 'me')).rejects.toThrow(
    new UnusableStateFileError(`state file ${file} is in use by process 17 on node-3`),
  );
  await lock(join(file, '../other'));
});

test('a lock that was released can be taken, and the files of former ones go', async () => {
  const folder = await temporaryFolder();
  for (let round = 0; round < 5; round += 1) await (await lock(join(folder, 'state'))).release();
  await lock(join(folder, 'state'));
  expect(await readdir(folder)).toEqual(['state.lock.6']);
});

test('what a killed holder left does not block', async () => {
  const folder = await temporaryFolder();
  await leaveSocket(join(folder, 'state.lock.4'));
  await leaveSocket(join(folder, 'state.lock.2'));
  await lock(join(folder, 'state'), 'the new one');
  await expect(lockState(join(folder, 'state'), 'me')).rejects.toThrow(/by the new one$/);
});

test('what was left by some who died before they had the lock goes with the next', async () => {
  const folder = await temporaryFolder();
  for (const name of ['new-0a1b2c3d', 'new-4e5f6a7b']) await leaveSocket(join(folder, `state.lock.${name}`));
  await writeFile(join(folder, 'other.lock.new-0a1b2c3d'), '');
  await lock(join(folder, 'state'));
  expect((await readdir(folder)).sort()).toEqual(['other.lock.new-0a1b2c3d', 'state.lock.1']);
});

test('of many starters at once exactly one wins, whatever is left of former ones', async () => {
  for (let round = 0; round < 30; round += 1) {
    const folder = await temporaryFolder();
    if (round % 3 > 0) await leaveSocket(join(folder, 'state.lock.1'));
    if (round % 3 > 1) await leaveSocket(join(folder, 'state.lock.9'));
    const results = await Promise.allSettled(
      Array.from({ length: 12 }, (_, index) => lock(join(folder, 'state'), `starter ${index}`)),
    );
    const winner = results.findIndex(({ status }) => status === 'fulfilled');
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') {
        expect(String(result.reason)).toMatch(new RegExp(`by (starter ${winner}|another process)$`));
      }
    }
    expect(await readdir(folder)).toHaveLength(1);
  }
});

test('starters that come one after the other, with the holder gone in between', async () => {
  const file = join(await temporaryFolder(), 'state');
  let holders = 0;
  let taken = 0;
  const starter = async () => {
    for (let round = 0; round < 20; round += 1) {
      const held = await lockState(file, 'a starter').catch((error: unknown) => {
        expect(error).toBeInstanceOf(UnusableStateFileError);
      });
      if (held === undefined) continue;
      holders += 1;
      taken += 1;
      expect(holders).toBe(1);
      await new Promise(setImmediate);
      holders -= 1;
      await held.release();
    }
  };
  await Promise.all(Array.from({ length: 6 }, starter));
  expect(taken).toBeGreaterThan(5);
});

test.each([
  ['a long folder', `${'long/'.repeat(60)}`, 'state'],
  ['a long name', '', 's'.repeat(250)],
])('%s', async (_, under, name) => {
  const folder = join(await temporaryFolder(), under);
  await mkdir(folder, { recursive: true });
  await lock(join(folder, name), 'the first');
  await expect(lockState(join(folder, name), 'me')).rejects.toThrow(/in use by the first$/);
  await lock(join(folder, `${name.slice(0, -1)}-`));
});

test.each<[string, (socket: Socket) => void, RegExp]>([
  ['is silent', () => {}, /in use by a process that does not answer$/],
  [
    'goes on and on',
    (socket) => {
      const talk = (error?: Error | null) => error || socket.write('x'.repeat(10_000), talk);
      talk();
    },
    /in use by x{200}$/,
  ],
  ['is slow', (socket) => void setInterval(() => socket.write('.'), 50).unref(), /in use by \.+$/],
  ['speaks in riddles', (socket) => socket.end('\u001b[31m\n\u0000'), /in use by \?\[31m\?\?$/],
  ['hangs up', (socket) => socket.destroy(), /in use by another process$/],
])('a holder that %s holds all the same, and does not hang the start', async (_, talk, expected) => {
  const folder = await temporaryFolder();
  await occupy(join(folder, 'state.lock.1'), talk);
  await expect(lockState(join(folder, 'state'), 'me')).rejects.toThrow(expected);
  expect(await readdir(folder)).toEqual(['state.lock.1']);
});

test('files that are no sockets do not block', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'state.lock.3'), 'process 1');
  await mkdir(join(folder, 'state.lock.5', 'deep'), { recursive: true });
  await writeFile(join(folder, 'state.lock.99999999999999999999'), '');
  await lock(join(folder, 'state'));
  await expect(lockState(join(folder, 'state'), 'me')).rejects.toThrow(UnusableStateFileError);
});

test('a client that does not go away keeps nobody from releasing', async () => {
  const folder = await temporaryFolder();
  const held = await lock(join(folder, 'state'));
  const client = createConnection({ path: join(folder, 'state.lock.1'), allowHalfOpen: true });
  client.on('error', () => {});
  onTestFinished(() => void client.destroy());
  await once(client, 'connect');
  client.write('hello?');
  await held.release();
});

test('a folder that can not hold the lock', async () => {
  const folder = await temporaryFolder();
  await expect(lockState(join(folder, 'none', 'state'), 'me')).rejects.toThrow(/ENOENT/);
  await writeFile(join(folder, 'file'), '');
  await expect(lockState(join(folder, 'file', 'state'), 'me')).rejects.toThrow(/ENOTDIR/);
});

test('the same folder by another name is the same lock', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'real'));
  await symlink(join(folder, 'real'), join(folder, 'linked'));
  await lock(join(folder, 'real', 'state'), 'the first');
  await expect(lockState(join(folder, 'linked', 'state'), 'me')).rejects.toThrow(/by the first$/);
});
