import { contentKey, isObject, type JsonObject, nameOf, objectOf } from './decode.ts';
import type { Discovered } from './discovered.ts';

const ID_MAX = 256;
const MESSAGE_MAX = 1_000;

/**
 * An id fit for a URL path: unlike a name it is never cut, since the rest would name nothing. Lone surrogates
 * have no form in a URL, and replaced they would make two ids one.
 */
export function idOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > ID_MAX || /\p{Surrogate}/u.test(value)) return undefined;
  return value === '' || value === '.' || value === '..' ? undefined : value;
}

/** What tells an item of a list from all others: its id, and where it has none its content. */
export function identityOf(item: unknown, idField: string): string {
  return idOf(objectOf(item)[idField]) ?? contentKey(item);
}

/** The targets that a listing tells of, each once as it is told last. Items that `decode` gives up on are left out. */
export function decodeListing<D>(
  items: Iterable<unknown>,
  decode: (item: JsonObject) => Discovered<D> | undefined,
): readonly Discovered<D>[] {
  const found = new Map<string, Discovered<D>>();
  for (const item of items) {
    const target = isObject(item) ? decode(item) : undefined;
    if (target !== undefined) found.set(target.id, target);
  }
  return [...found.values()];
}

/** A status or phase, as label values spell it. */
export function lowerCaseOf(value: unknown): string | undefined {
  return nameOf(value)?.toLowerCase();
}

/** A listing's words on a state; undefined where it has none. */
export function messageOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  return value.length > MESSAGE_MAX ? `${value.slice(0, MESSAGE_MAX - 1)}…` : value;
}
