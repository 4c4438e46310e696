import type { Logger } from '../../../src/log.ts';
import { SECRETS } from '../identity.ts';
import type { Played } from './played.ts';

/** Looks at whatever leaves an exporter as text. */
export class Censor {
  /** Where a secret was seen. */
  readonly leaks = new Set<string>();
  /** Log lines of errors that nobody foresaw. */
  readonly unforeseen: string[] = [];
  readonly log: Logger;

  constructor() {
    const note = (message: string, fields: object = {}) => {
      const text = `${message} ${JSON.stringify(fields, withErrors)}`;
      this.look('a log line', text);
      if (/unexpected|broke off|TypeError|RangeError/.test(text)) this.unforeseen.push(text);
    };
    this.log = { debug: note, info: note, warn: note, error: note };
  }

  readonly look = (where: string, text: string): void => {
    if (SECRETS.some((secret) => text.includes(secret))) this.leaks.add(where);
  };
}

/** No secret is in anything that an exporter shows, sends or keeps. */
export function nothingLeaks({ machines, broken }: Played, censor: Censor): void {
  for (const { running, disk } of machines) {
    for (const [name, data] of disk.files) censor.look(name, data.toString());
    const backend = running?.backend;
    if (backend === undefined) continue;
    const errors = backend.targets().map(({ error }) => error);
    censor.look('a page', JSON.stringify([errors, backend.notices({}, 100), backend.alerts()]));
  }
  for (const where of censor.leaks) broken.push(`a secret is in ${where}`);
  for (const text of censor.unforeseen) broken.push(`nobody foresaw: ${text}`);
}

/** Nor in the configuration, as it is shown. */
export function configurationLeaksNothing({ machines }: Played, censor: Censor): void {
  for (const { running } of machines) {
    const shown = running?.backend.redactedConfig();
    if (shown !== undefined) censor.look('the configuration', JSON.stringify(shown));
  }
}

function withErrors(_key: string, value: unknown): unknown {
  return value instanceof Error ? `${value.name}: ${value.message} ${value.stack}` : value;
}
