import { randomBytes } from 'node:crypto';
import { fchmodSync, openSync, writeSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { unwritable } from '../config/read-file.ts';
import type { Logger } from '../log.ts';
import { knownTexts } from '../recording/known-texts.ts';
import { createMask, type Mask } from '../recording/mask.ts';
import { Recorder } from '../recording/recorder.ts';
import { CommandError } from './command-error.ts';
import type { Runtime } from './runtime.ts';

/** A mask of this run alone. */
export function freshMask(): Mask {
  return createMask(randomBytes(32), knownTexts());
}

/**
 * Begins to keep masked answers; undefined if no file is named.
 * @throws CommandError
 */
export function openRecorder(
  path: string,
  config: Config,
  { clock, startedAt, version }: Runtime,
  log: Logger,
  mask = freshMask(),
): Recorder | undefined {
  if (path === '') return undefined;
  try {
    const file = openSync(path, 'w', 0o600);
    // It may have been there, for others to read.
    fchmodSync(file, 0o600);
    const write = (line: Buffer) => void writeSync(file, line);
    return new Recorder(config, { write, mask, clock, startedAt, version, log });
  } catch (error) {
    throw new CommandError(`${path}: ${unwritable(error).message}`, 1);
  }
}
