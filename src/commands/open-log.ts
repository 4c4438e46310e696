import type { LogOptions } from '../cli/command.ts';
import { createLogger, type Logger } from '../log.ts';
import type { Runtime } from './runtime.ts';

/** The program's own messages, on the standard error. */
export function openLog({ logLevel, logFormat }: LogOptions, runtime: Runtime): Logger {
  return createLogger({
    level: logLevel,
    format: logFormat,
    write: (line) => runtime.stderr.write(line),
    clock: runtime.clock,
  });
}
