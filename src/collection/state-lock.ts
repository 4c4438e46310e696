import { once } from 'node:events';
import { rename, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';

/** The state file is in use by another process. */
export class StateLockedError extends Error {
  override readonly name = 'StateLockedError';
}

/** Holds a state file for one process. */
export interface StateLock {
  release(): Promise<void>;
}

/**
 * Takes the lock of a state file: a Unix socket beside it, on which the holder answers with its name.
 * The kernel closes it when the holder dies, however it dies, so a lock left behind never blocks a start,
 * and processes of different containers that share the folder see each other, although each is pid 1.
 * @throws StateLockedError naming the holder
 */
export async function lockState(file: string, holder: string): Promise<StateLock> {
  const path = `${file}.lock`;
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const server = await listen(path, holder);
    if (server !== undefined) {
      return {
        release: async () => {
          // Closing removes the socket file.
          server.close();
          await once(server, 'close');
        },
      };
    }
    await clearStale(path, file);
  }
  throw new StateLockedError(`state file ${file} is being locked by another process`);
}

/** @returns undefined where a socket file, of a living holder or a dead one, is in the way */
async function listen(path: string, holder: string): Promise<Server | undefined> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(holder);
  });
  // The lock alone is no reason to go on living.
  server.unref();
  server.listen({ path, exclusive: true });
  try {
    await once(server, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return undefined;
    throw error;
  }
  return server;
}

/**
 * Removes the socket file of a dead holder. It is moved aside before it is looked at: two starters could
 * both find it dead, and the slower one would then remove the socket that the faster one has made.
 */
async function clearStale(path: string, file: string): Promise<void> {
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  const holder = await ask(aside);
  if (holder !== undefined) {
    await rename(aside, path);
    throw new StateLockedError(`state file ${file} is in use by ${holder}`);
  }
  await rm(aside, { force: true });
}

/** @returns undefined when nobody lives behind the socket */
async function ask(path: string): Promise<string | undefined> {
  const socket = createConnection({ path });
  socket.setTimeout(1_000, () => socket.end());
  try {
    await once(socket, 'connect');
  } catch {
    return undefined;
  }
  let answer = '';
  try {
    for await (const chunk of socket.setEncoding('utf8')) answer += chunk;
  } catch {
    // It lives, whatever it says.
  }
  return answer.slice(0, 200) || 'another process';
}
