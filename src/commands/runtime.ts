import type { Readable, Writable } from 'node:stream';
import type { Environment } from '../config/environment.ts';
import type { Disk } from '../disk.ts';
import type { Timers } from '../timers.ts';

/** What a command needs of the process it runs in. */
export interface Runtime {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: Environment;
  /** Unix milliseconds. */
  readonly clock: () => number;
  readonly timers: Timers;
  readonly disk: Disk;
  /** Start of the process, in Unix milliseconds. */
  readonly startedAt: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly version: string;
  /** The commit that the program was built of. */
  readonly revision: string;
  /** Aborts when the process is asked to end. */
  readonly ending: AbortSignal;
  /** Calls back whenever the process is asked to read its configuration again. */
  onReload(reload: () => void): void;
}
