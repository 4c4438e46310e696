import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { access, link, open, readdir, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';
import { basename, dirname, join } from 'node:path';
import type { Timers } from '../timers.ts';
import { UnusableStateFileError } from './unusable-state-file-error.ts';

/** Bytes of a socket's path on the Unix system that allows the fewest; Node 20 silently cuts off longer paths. */
const SOCKET_PATH_MAX = 103;
const NAME_MAX = 40;
const ANSWER_MAX = 200;
/** Milliseconds. A holder answers at once, unless it is stopped (SIGSTOP); it holds the lock even then. */
const ANSWER_TIMEOUT = 1_000;
const ATTEMPTS = 20;
const ATTEMPT_PAUSE = 20;
/** Begins the name of a socket that has no number yet. */
const HIDDEN = 'new-';

/** Holds a state file for one process. */
export interface StateLock {
  release(): Promise<void>;
}

/** Takes the lock of a state file for the process that is named so. */
export type LockState = (file: string, holder: string) => Promise<StateLock>;

/**
 * Takes the lock of a state file: a Unix socket beside it, on which the holder answers with its name.
 *
 * Why a socket: the kernel closes it when its holder dies, however it dies, so what a crash leaves behind never
 * blocks the next start. And processes of different containers that share the folder see each other by it,
 * although each of them has process id 1.
 *
 * The sockets are numbered, `state.lock.1`, `state.lock.2` and so on, and the one with the highest number is the
 * lock. To take it:
 * 1. Find the highest number, and ask who is behind it. Somebody answers: the file is in use.
 * 2. Nobody answers: make a socket with the next number. Of several processes that try at once only one can.
 * 3. Look again. A higher number than one's own means that the first look was too old: step back, begin anew.
 *    Otherwise the lock is taken, and the lower numbers are removed.
 *
 * Two processes can't both hold it, because the highest number is never removed while it is the highest, and a
 * socket gets its number only once it answers.
 * @throws UnusableStateFileError naming the holder, or the error of a folder that can't hold sockets
 */
export function stateLocks(timers: Timers): LockState {
  return (file, holder) => lockState(file, holder, timers);
}

async function lockState(file: string, holder: string, timers: Timers): Promise<StateLock> {
  const folder = await open(dirname(file), 'r');
  try {
    const place = { folder: await shortPath(folder.fd, dirname(file)), name: lockName(file) };
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const newest = Math.max(0, ...(await numbersIn(place)));
      const answer = newest === 0 ? undefined : await ask(pathOf(place, newest), timers);
      if (answer !== undefined && answer !== '') {
        throw new UnusableStateFileError(`state file ${file} is in use by ${answer}`);
      }
      // A holder that hung up without an answer is dying.
      const server = answer === undefined ? await claim(place, newest + 1, holder) : undefined;
      if (server !== undefined) return { release: () => close(server) };
      await timers.sleep(ATTEMPT_PAUSE);
    }
    throw new UnusableStateFileError(`state file ${file} is in use by another process`);
  } finally {
    await folder.close();
  }
}

interface Place {
  readonly folder: string;
  readonly name: string;
}

/** Makes the socket with that number. Returns undefined if another process was faster. */
async function claim(place: Place, number: number, holder: string): Promise<Server | undefined> {
  const hidden = pathOf(place, `${HIDDEN}${randomUUID().slice(0, 8)}`);
  const server = await listen(hidden, holder);
  let isNewest = false;
  try {
    await link(hidden, pathOf(place, number));
    const others = (await numbersIn(place)).filter((other) => other !== number);
    isNewest = others.every((other) => other < number);
    if (isNewest) await removeOld(place, [...others, ...(await hiddenIn(place))]);
    else await rm(pathOf(place, number), { force: true });
  } catch (error) {
    if (!hasCode(error, 'EEXIST', 'ENOENT')) throw error;
  } finally {
    await rm(hidden, { force: true });
    if (!isNewest) await close(server);
  }
  return isNewest ? server : undefined;
}

async function listen(path: string, holder: string): Promise<Server> {
  if (Buffer.byteLength(path) > SOCKET_PATH_MAX) {
    throw new Error(`${path}: too long for the Unix socket that is the lock`);
  }
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end(holder, () => socket.destroy());
  });
  // The lock alone is no reason to go on living.
  server.unref();
  server.listen(path);
  try {
    await once(server, 'listening');
  } catch (error) {
    // The error's own message has the random name of the socket, so each attempt would log another message.
    const reason = error instanceof Error && 'code' in error ? error.code : error;
    throw new Error(`${reason}: the lock can't be made beside the state file`, { cause: error });
  }
  return server;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Returns the holder's answer, '' if it hung up without one, or undefined if nobody is there. */
function ask(path: string, timers: Timers): Promise<string | undefined> {
  return new Promise((resolve) => {
    let answer = '';
    const answered = new AbortController();
    const socket = createConnection({ path }).setEncoding('utf8');
    const end = (result: string | undefined) => {
      answered.abort();
      socket.destroy();
      resolve(result?.slice(0, ANSWER_MAX).replace(/[^\x20-\x7e]/g, '?'));
    };
    timers.sleep(ANSWER_TIMEOUT, answered.signal).then(
      () => end(answer || 'a process that does not answer'),
      () => {},
    );
    socket.on('data', (chunk: string) => {
      answer += chunk;
      if (answer.length >= ANSWER_MAX) end(answer);
    });
    socket.on('end', () => end(answer));
    socket.on('error', (error) => {
      if (hasCode(error, 'ECONNREFUSED', 'ENOENT')) end(undefined);
      else end(answer || (hasCode(error, 'ECONNRESET', 'EPIPE') ? '' : 'another process'));
    });
  });
}

async function numbersIn(place: Place): Promise<number[]> {
  return (await suffixesIn(place)).filter((suffix) => /^[1-9]\d{0,14}$/.test(suffix)).map(Number);
}

/** Those of processes that died before theirs had a number, and of some that are too late: these look again. */
async function hiddenIn(place: Place): Promise<string[]> {
  return (await suffixesIn(place)).filter((suffix) => suffix.startsWith(HIDDEN));
}

async function suffixesIn({ folder, name }: Place): Promise<string[]> {
  const prefix = `${name}.`;
  return (await readdir(folder))
    .filter((entry) => entry.startsWith(prefix))
    .map((entry) => entry.slice(prefix.length));
}

/** Failures are ignored: what stays is only untidy. */
async function removeOld(place: Place, suffixes: readonly (number | string)[]): Promise<void> {
  for (const suffix of suffixes) await rm(pathOf(place, suffix), { force: true }).catch(() => {});
}

function lockName(file: string): string {
  const name = basename(file);
  const short =
    Buffer.byteLength(name) <= NAME_MAX ? name : createHash('sha256').update(name).digest('hex').slice(0, 32);
  return `${short}.lock`;
}

/** The folder's path by its descriptor, if the system has such paths: a socket's path is bounded, a folder's is not. */
async function shortPath(descriptor: number, folder: string): Promise<string> {
  const path = `/proc/self/fd/${descriptor}`;
  return access(path).then(
    () => path,
    () => folder,
  );
}

function pathOf({ folder, name }: Place, suffix: number | string): string {
  return join(folder, `${name}.${suffix}`);
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
