import type { AlertTarget } from '../alerting/alert.ts';
import { KIND_NAMES, rowOf } from '../kind-table.ts';
import { isObject, rfc3339Time } from '../kinds/decode.ts';
import type { LoggedNotice } from '../kinds/event.ts';

/** A line of the event log, read back. */
export interface LoggedEvent {
  readonly target: AlertTarget;
  readonly notice: LoggedNotice;
}

/** A line that is none of an event log. The message says why. */
export class BadLineError extends Error {
  override readonly name = 'BadLineError';
}

/** @throws BadLineError */
export function parseLine(text: string): LoggedEvent {
  const line = parseObject(text);
  const at = rfc3339Time(line['time'], Number.POSITIVE_INFINITY);
  if (at === undefined) throw new BadLineError('"time" is no time in RFC 3339');
  const kind = KIND_NAMES.find((name) => name === line['kind']);
  if (kind === undefined) throw new BadLineError(`"kind" is none of ${KIND_NAMES.join(', ')}`);
  const { labels } = rowOf(kind);
  const { time: _time, kind: _kind, project, region, message, problem: _problem, ...rest } = line;
  const { [labels.id]: id, [labels.name]: name, ...fields } = rest;
  if (typeof id !== 'string' || id === '') throw new BadLineError(`"${labels.id}" is missing`);
  if (typeof project !== 'string' || project === '') throw new BadLineError('"project" is missing');
  if (typeof message !== 'string') throw new BadLineError('"message" is no text');
  return {
    target: {
      project,
      region: typeof region === 'string' ? region : '',
      kind,
      id,
      name: typeof name === 'string' && name !== '' ? name : undefined,
    },
    notice: { at, fields: plain(fields), message },
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new BadLineError('not JSON');
  }
  if (!isObject(parsed)) throw new BadLineError('not a JSON object');
  return parsed;
}

function plain(fields: Readonly<Record<string, unknown>>): LoggedNotice['fields'] {
  return Object.fromEntries(
    Object.entries(fields).filter(
      (field): field is [string, string | number] =>
        typeof field[1] === 'string' || typeof field[1] === 'number',
    ),
  );
}
