import type { ConfiguredTarget } from '../config/config.ts';
import type { Discovered } from '../kinds/discovered.ts';

/** All that is discovered of one kind in a project, by id, also what is excluded or missing. */
export type DiscoveredTargets = ReadonlyMap<string, Discovered<unknown>>;

/** Why a target is collected, and what it is called. */
export interface Wanted {
  readonly origin: 'configured' | 'discovered';
  readonly configuredName: string | undefined;
  readonly discoveredName: string | undefined;
  /** What is read beside, of what is read only where it is asked for. */
  readonly extras: readonly string[];
}

/**
 * The targets to collect, by id: what is configured, and what is discovered and not excluded.
 * @param extras what is read beside of those that are discovered
 * @param superseded ids under which another kind has them
 */
export function wantedOf(
  configured: readonly ConfiguredTarget[],
  discovered: DiscoveredTargets,
  extras: readonly string[] = [],
  superseded: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  for (const { id, name, excluded } of discovered.values()) {
    if (excluded !== undefined || superseded.has(id)) continue;
    wanted.set(id, { origin: 'discovered', configuredName: undefined, discoveredName: name, extras });
  }
  for (const { id, name, extras: own } of configured) {
    const discoveredName = discovered.get(id)?.name;
    const all = wanted.has(id) ? [...new Set([...own, ...extras])] : own;
    wanted.set(id, { origin: 'configured', configuredName: name, discoveredName, extras: all });
  }
  return wanted;
}
