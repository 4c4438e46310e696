import { hash } from 'node:crypto';
import { AHEAD_MAX } from '../clock-steps.ts';
import { ApiError } from '../modelarts/errors.ts';
import type { Page, Sighting } from './event.ts';

/** Names and reasons become label values, and are cut at this length. */
const NAME_MAX = 256;

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object, or an empty one in the place of anything else. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** The list, or an empty one in the place of anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * The list of items in a response, and how many items match the request where that is told. Some servers write
 * an empty list as null or leave it out. On a first page the total contradicts it: then the list was lost.
 * @param totalField where this API tells how many match
 * @throws ApiError malformed, naming the place
 */
export function itemsOf(
  body: unknown,
  field: string,
  totalField: string,
  page: 'first' | 'later' = 'first',
): { body: JsonObject; items: readonly unknown[]; total: number | undefined } {
  if (!isObject(body)) throw new ApiError('malformed', `response is ${typeOf(body)}, expected an object`);
  const total = wholeNumber(body[totalField]);
  const isEmpty = page === 'later' || total === undefined || total === 0;
  const items = body[field] ?? (isEmpty ? [] : body[field]);
  if (!Array.isArray(items)) {
    throw new ApiError('malformed', `response field "${field}" is ${typeOf(items)}, expected an array`);
  }
  return { body, items, total };
}

/** Decodes a page; an item that `decode` gives up on is malformed, and the rest counts. */
export function decodePage<E>(
  items: readonly unknown[],
  total: number | undefined,
  decode: (item: JsonObject) => Sighting<E> | undefined,
): Page<E> {
  const sightings: Sighting<E>[] = [];
  const malformed: string[] = [];
  for (const item of items) {
    const sighting = isObject(item) ? decode(item) : undefined;
    if (sighting === undefined) malformed.push(contentKey(item));
    else sightings.push(sighting);
  }
  return { sightings, malformed, total };
}

/**
 * Short and equal exactly for equal contents.
 * @throws ApiError malformed, if the content is nested so deeply that it cannot be written as JSON
 */
export function contentKey(content: unknown): string {
  return hash('sha256', jsonOf(content), 'base64').slice(0, 22);
}

function jsonOf(content: unknown): string {
  try {
    return JSON.stringify(content) ?? '';
  } catch {
    // The client refuses such bodies already. Here the stack has overflowed, after some thousand levels.
    throw new ApiError('malformed', 'response is nested too deeply');
  }
}

/** A count that the documents give as a string and the examples as a number. */
export function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

export function finiteNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** An event time in Unix milliseconds, where it can be one. */
export function millisecondsTime(value: unknown, now: number): number | undefined {
  const time = wholeNumber(value);
  return time !== undefined && time <= now + AHEAD_MAX ? time : undefined;
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/i;

/** An event time in RFC 3339; without an offset it names no instant. */
export function rfc3339Time(value: unknown, now: number): number | undefined {
  if (typeof value !== 'string' || !RFC3339.test(value)) return undefined;
  const time = Date.parse(value);
  return time <= now + AHEAD_MAX ? time : undefined;
}

/** Event text; absent is empty, anything but text is undefined. */
export function textOf(value: unknown): string | undefined {
  return value === undefined || value === null ? '' : typeof value === 'string' ? value : undefined;
}

/**
 * A name fit for a label value: text, not empty, cut where it is absurdly long. Lone surrogates are replaced
 * here already, so that two names that look the same on the wire are one.
 */
export function nameOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const name = value.length > NAME_MAX ? `${value.slice(0, NAME_MAX - 1)}…` : value;
  return name.toWellFormed();
}

/** The member of a closed set that a text spells in any case, else `other`. */
export function oneOf<const T extends string>(set: readonly T[], text: string): T | 'other' {
  const lower = text.toLowerCase();
  return set.find((member) => member === lower) ?? 'other';
}

/** The object without its undefined members. */
export function present<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function typeOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value;
}
