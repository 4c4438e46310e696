import type { Logger } from '../log.ts';
import { adviceOn } from './advice.ts';
import type { Config } from './config.ts';

/** A configuration may be valid and hardly what somebody wants. */
export function warnOfDoubts(config: Config, log: Logger): void {
  for (const { project, message } of adviceOn(config)) log.warn(message, { project });
}

/** Tells what of a reloaded configuration has to wait. */
export function warnOfRestart(before: Config, after: Config, log: Logger): void {
  const warn = (setting: string) => log.warn('a changed setting takes effect at the next start', { setting });
  if (before.state.file !== after.state.file) warn('state.file');
  if (before.eventLog !== after.eventLog) warn('event_log');
}
