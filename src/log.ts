const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof LEVELS)[number];

/** Values are plain, or errors. */
export type LogFields = Readonly<Record<string, unknown>>;

export type Logger = Readonly<Record<LogLevel, (message: string, fields?: LogFields) => void>>;

export interface LoggerOptions {
  /** What is below it is not written. */
  readonly level: LogLevel;
  readonly format: 'logfmt' | 'json';
  /** Takes one line with its newline. */
  readonly write: (line: string) => void;
  /** Unix milliseconds. */
  readonly clock: () => number;
}

type LogRecord = Readonly<Record<string, string | number | boolean>>;

/** In UTF-16 units: the API's texts get into the log, and nobody bounds their length. */
const VALUE_MAX = 2_000;

/** Logs lines as Prometheus writes them: `ts=... level=... msg=...`, or the same as JSON. */
export function createLogger({ level, format, write, clock }: LoggerOptions): Logger {
  const render = format === 'json' ? asJson : asLogfmt;
  const logAt = (at: LogLevel) => (message: string, fields?: LogFields) => {
    if (LEVELS.indexOf(at) < LEVELS.indexOf(level)) return;
    const ts = new Date(clock()).toISOString();
    write(`${render({ ts, level: at, msg: bounded(message), ...plain(fields) })}\n`);
  };
  return { debug: logAt('debug'), info: logAt('info'), warn: logAt('warn'), error: logAt('error') };
}

function asJson(record: LogRecord): string {
  return printable(JSON.stringify(record));
}

function asLogfmt(record: LogRecord): string {
  return Object.entries(record)
    .map(([key, value]) => `${key.replace(/[^\w.-]/g, '_')}=${quoted(String(value))}`)
    .join(' ');
}

/** Quotes what a logfmt parser would read as anything but one bare value: spaces, quotes, control characters. */
function quoted(text: string): string {
  const isBare = text !== '' && !/[\s"=\\\p{C}]/u.test(text);
  return isBare ? text : printable(JSON.stringify(text));
}

// Control characters (C0, DEL, C1) and those that reorder or break lines.
const UNPRINTABLE = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Makes a text safe for a terminal and a log line: it can neither move the cursor nor hide or break text. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A field may not stand for the line's own time, level or message, and undefined ones are left out. */
function plain(fields: LogFields = {}): LogRecord {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [/^(ts|level|msg)$/.test(key) ? `${key}_` : key, plainValue(value)]),
  );
}

function plainValue(value: unknown): string | number | boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'string') return bounded(value);
  return bounded(value instanceof Error ? errorText(value) : (JSON.stringify(value) ?? String(value)));
}

/** Only message and code: an error may carry the request that failed, with its credential, and so may its stack. */
function errorText(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return error.message.includes(code) ? error.message : `${error.message} (${code})`;
}

function bounded(text: string): string {
  return text.length <= VALUE_MAX ? text : `${text.slice(0, VALUE_MAX)}...`;
}
