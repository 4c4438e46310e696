import type { Writable } from 'node:stream';
import type { Environment } from '../config/environment.ts';

/** What a command needs of the process it runs in. */
export interface Host {
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: Environment;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** Start of the process, in epoch milliseconds. */
  readonly startedAt: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly version: string;
  /** Aborts when the process is asked to end. */
  readonly ending: AbortSignal;
  /** Calls back whenever the process is asked to read its configuration again. */
  onReload(reload: () => void): void;
}

/** A command can't do its work; the message is all the user needs to see. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A configuration that can't be used: one line, which begins with the place of the first problem. */
export class ConfigurationError extends CommandError {
  constructor([first = '', ...others]: readonly string[], exitCode: 1 | 2) {
    super(others.length === 0 ? first : `${first} (and ${others.length} more)`, exitCode);
  }
}
