import { InvalidArgumentError } from 'commander';
import type { Shard } from '../collection/shard.ts';
import { parseDuration } from '../config/duration.ts';
import { KIND_NAMES } from '../kind-table.ts';
import type { TargetKey } from '../target-key.ts';
import { type ListenAddress, parseListenAddress } from '../web/access/listen-address.ts';

// The values that flags take. A wrong one is an InvalidArgumentError, which commander makes a usage error of.

/** In milliseconds. */
const INTERVAL_MAX = 86_400_000;

export function parseAddress(text: string): ListenAddress {
  try {
    return parseListenAddress(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : text);
  }
}

export function parseInterval(text: string): number {
  const interval = parseDuration(text);
  if (interval === undefined || interval > INTERVAL_MAX)
    throw new InvalidArgumentError('Expected a duration of at most a day, such as 30s.');
  return interval;
}

export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(text)?.map(Number) ?? [];
  if (index === undefined || count === undefined)
    throw new InvalidArgumentError('Expected i/n, such as 0/3.');
  if (index >= count) throw new InvalidArgumentError('i counts from 0 and is less than n.');
  return { index, count };
}

export function parseTarget(text: string): TargetKey {
  const [, project = '', name, id = ''] = /^([^/]+)\/([^/]+)\/(.+)$/.exec(text) ?? [];
  const kind = KIND_NAMES.find((each) => each === name);
  if (kind === undefined) {
    throw new InvalidArgumentError(`Expected PROJECT/KIND/ID with a kind of ${KIND_NAMES.join(', ')}.`);
  }
  return { project, kind, id };
}

export function parseUrl(text: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    throw new InvalidArgumentError('Expected an http or https URL.');
  }
  return text.replace(/\/+$/, '');
}

/** What is there under a path already. */
const TAKEN = /^\/(?:probe|sd|api|docs|targets|assets|-)(?:\/|$)/;

export function parseTelemetryPath(text: string): string {
  const path = parsePrefix(text);
  if (path === '' || TAKEN.test(path)) throw new InvalidArgumentError('Something else is at this path.');
  return path;
}

/** Empty, or such as `/a/b`. */
export function parsePrefix(text: string): string {
  const path = text.replace(/\/+$/, '');
  if (!/^(?:\/[\w.~-]+)*$/.test(path)) throw new InvalidArgumentError('Expected a path such as /modelarts.');
  return path;
}

export function parseExternalUrl(text: string): string {
  const url = parseUrl(text);
  const { pathname, search, hash } = new URL(url);
  if (search !== '' || hash !== '') throw new InvalidArgumentError('Expected a URL without a query.');
  parsePrefix(pathname);
  return url;
}

export function parseSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(seed))
    throw new InvalidArgumentError('Expected a whole number.');
  return seed;
}

export function parseSpeed(text: string): number {
  const speed = Number(text);
  if (!(speed > 0 && speed <= 10_000))
    throw new InvalidArgumentError('Expected a number above 0, at most 10000.');
  return speed;
}
