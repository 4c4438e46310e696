import { pino } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Values are plain; of an error only its message is written. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: 'logfmt' | 'json';
  /** Takes one line with its newline. */
  readonly write: (line: string) => void;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** In UTF-16 units; text of the API is hostile and may be long. */
const LONGEST_VALUE = 2_000;

/** Logs lines such as Prometheus writes them: `ts=... level=... msg=...`, or the same as JSON. */
export function createLogger({ level, format, write, clock }: LoggerOptions): Logger {
  const sink = pino(
    {
      level,
      base: null,
      timestamp: () => `,"ts":"${new Date(clock()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line) => write(format === 'json' ? escapeUnprintable(line) : logfmt(line)) },
  );
  const log =
    (at: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (sink.isLevelEnabled(at)) sink[at](plain(fields), bounded(message));
    };
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}

/** Pino writes a record as JSON; logfmt is another spelling of the same record. */
function logfmt(json: string): string {
  const { ts, level, msg, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const pairs = Object.entries({ ts, level, msg, ...fields });
  return `${pairs.map(([key, value]) => `${key.replace(/[^\w.-]/g, '_')}=${quoted(String(value))}`).join(' ')}\n`;
}

function quoted(text: string): string {
  const bare = text !== '' && !/[\s"=\\\p{C}]/u.test(text);
  return bare ? text : escapeUnprintable(JSON.stringify(text));
}

/** JSON escapes C0 alone; DEL, C1, line separators and the characters that reorder text can mislead a terminal too. */
function escapeUnprintable(json: string): string {
  return json.replace(
    /[\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const RESERVED: readonly string[] = ['ts', 'level', 'msg'];

function plain(fields: LogFields): Record<string, string | number | boolean> {
  const record: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    record[RESERVED.includes(key) ? `${key}_` : key] =
      typeof value === 'number' || typeof value === 'boolean' ? value : bounded(asText(value));
  }
  return record;
}

/** Errors may carry a request with its headers, so they are never walked. */
function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return value.message;
  return JSON.stringify(value) ?? String(value);
}

function bounded(text: string): string {
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}...`;
}
