import { dirname } from 'node:path';
import type { Disk, Found, OpenFile } from '../../src/disk.ts';
import type { Random } from '../../src/simulator/seeded-random.ts';
import type { Timers } from '../../src/timers.ts';

/** What is written, and how much of it would survive a loss of power. */
interface Inode {
  data: Buffer;
  synced: Buffer;
}

const LATENCY_MAX = 20;

/**
 * A disk of one folder `/data`. It forgets in a loss of power what no `sync` has made durable: names by the sync of
 * their folder, content by that of its file.
 */
export class SimulatedDisk implements Disk {
  /** Bytes that still fit. */
  room = Number.POSITIVE_INFINITY;
  /** How many times slower than usual. */
  slowness = 1;
  /** Is called once, when something is written next. */
  onWrite: (() => void) | undefined;
  readonly #names = new Map<string, Inode>();
  readonly #syncedNames = new Map<string, Inode>();
  readonly #timers: Timers;
  readonly #random: Random;

  constructor(timers: Timers, random: Random) {
    this.#timers = timers;
    this.#random = random;
  }

  /** The power goes: of what was not synced any part may be there afterwards, or none. */
  losePower(): void {
    for (const name of new Set([...this.#names.keys(), ...this.#syncedNames.keys()])) {
      const inode = this.#random() < 0.5 ? this.#names.get(name) : this.#syncedNames.get(name);
      if (inode === undefined) this.#names.delete(name);
      else this.#names.set(name, inode);
    }
    this.#syncedNames.clear();
    for (const [name, inode] of this.#names) {
      if (inode.data !== inode.synced) {
        const kept = Math.floor(this.#random() * (inode.data.length + 1));
        inode.data = this.#random() < 0.5 ? inode.synced : inode.data.subarray(0, kept);
        inode.synced = inode.data;
      }
      this.#syncedNames.set(name, inode);
    }
    this.room = Number.POSITIVE_INFINITY;
    this.slowness = 1;
  }

  /** What is there, by name. */
  get files(): ReadonlyMap<string, Buffer> {
    return new Map([...this.#names].map(([name, { data }]) => [name, data]));
  }

  /** Somebody else has written a file. */
  put(path: string, text: string): void {
    const data = Buffer.from(text);
    const inode = { data, synced: data };
    this.#names.set(path, inode);
    this.#syncedNames.set(path, inode);
  }

  async readFile(path: string): Promise<Buffer> {
    await this.#wait();
    return this.#inode(path).data;
  }

  async open(path: string, flags: 'r' | 'wx'): Promise<OpenFile> {
    await this.#wait();
    if (path === '/data') return this.#folder();
    if (flags === 'wx') {
      if (this.#names.has(path)) throw failure('EEXIST', path);
      const nothing = Buffer.alloc(0);
      this.#names.set(path, { data: nothing, synced: nothing });
    }
    return this.#file(this.#inode(path));
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#wait();
    const inode = this.#inode(from);
    this.#names.delete(from);
    this.#names.set(to, inode);
  }

  async remove(path: string): Promise<void> {
    await this.#wait();
    this.#names.delete(path);
  }

  async mkdir(path: string): Promise<void> {
    throw failure('EEXIST', path);
  }

  async stat(path: string): Promise<Found> {
    const isFolder = path === '/data' || path === '/';
    if (!isFolder) this.#inode(path);
    return { isFile: () => !isFolder, isDirectory: () => isFolder };
  }

  lstat(path: string): Promise<Found> {
    return this.stat(path);
  }

  async realpath(path: string): Promise<string> {
    this.#inode(path);
    return path;
  }

  #file(inode: Inode): OpenFile {
    return {
      write: async (bytes, offset) => {
        await this.#wait();
        const interrupt = this.onWrite;
        this.onWrite = undefined;
        interrupt?.();
        // Short writes are rare, and allowed.
        const asked = bytes.length - offset;
        const fits = Math.min(this.#random() < 0.05 ? Math.ceil(asked / 2) : asked, this.room);
        if (fits <= 0) throw failure('ENOSPC', 'write');
        this.room -= fits;
        const taken = bytes.subarray(offset, offset + fits);
        inode.data = inode.data.length === 0 ? taken : Buffer.concat([inode.data, taken]);
        return { bytesWritten: fits };
      },
      sync: async () => {
        await this.#wait();
        inode.synced = inode.data;
      },
      close: async () => {},
    };
  }

  #folder(): OpenFile {
    return {
      write: async () => {
        throw failure('EISDIR', '/data');
      },
      sync: async () => {
        await this.#wait();
        this.#syncedNames.clear();
        for (const [name, inode] of this.#names) this.#syncedNames.set(name, inode);
      },
      close: async () => {},
    };
  }

  #inode(path: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined || dirname(path) !== '/data') throw failure('ENOENT', path);
    return inode;
  }

  #wait(): Promise<void> {
    return this.#timers.sleep(this.#random() * LATENCY_MAX * this.slowness);
  }
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
