import type { DiscoveryConfig } from '../config/config.ts';
import { withoutAnchors } from '../config/scalars.ts';
import { nameOf } from './decode.ts';
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

/** A status or phase, as label values spell it. */
export function lowerCaseOf(value: unknown): string | undefined {
  return nameOf(value)?.toLowerCase();
}

/** A listing's words on a state; undefined where it has none. */
export function messageOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  return value.length > MESSAGE_MAX ? `${value.slice(0, MESSAGE_MAX - 1)}…` : value;
}

/**
 * Applies the project's rules to what a listing told, and names the rule that passes it over.
 * @param names what the expressions are held against: any of them may match
 * @param status lower-case; undefined where the kind has no status filter, or the listing no status
 */
export function select<D>(
  { id, name, details }: Discovered<D>,
  settings: DiscoveryConfig,
  names: readonly string[],
  status?: string,
): Discovered<D> {
  const excluded = exclusion(settings, names, status);
  return { id, name, details, ...(excluded === undefined ? {} : { excluded }) };
}

function exclusion(
  { include, exclude, status: statuses }: DiscoveryConfig,
  names: readonly string[],
  status: string | undefined,
): string | undefined {
  const matches = (rule: RegExp): boolean => names.some((name) => rule.test(name));
  const against = exclude.find(matches);
  if (against !== undefined) return `exclude ${shown(against)}`;
  if (include.length > 0 && !include.some(matches)) return `not in include ${include.map(shown).join(', ')}`;
  if (status !== undefined && statuses.length > 0 && !statuses.includes(status)) {
    return `status ${status} not in ${statuses.join(', ')}`;
  }
  return undefined;
}

/** As the user wrote it, without the anchors. */
function shown(rule: RegExp): string {
  return `/${withoutAnchors(rule)}/`;
}
