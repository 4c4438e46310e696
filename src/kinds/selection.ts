import type { DiscoveryConfig } from '../config/config.ts';
import { withoutAnchors } from '../config/scalars.ts';
import type { Discovered } from './discovered.ts';

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
  return { id, name, details, excluded };
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
