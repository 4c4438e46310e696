import type { ConfiguredTarget } from '../config/config.ts';
import type { Discovered } from '../kinds/discovered.ts';

/** All that is discovered of one kind in a project, by id, also what is excluded or missing. */
export type DiscoveredTargets = ReadonlyMap<string, Discovered<unknown>>;

/** Why a target is collected, and what it is called. */
export interface Wanted {
  readonly origin: 'configured' | 'discovered';
  readonly configuredName: string | undefined;
  readonly discoveredName: string | undefined;
}

/** The targets to collect, by id: what is configured, and what is discovered and not excluded. */
export function wantedOf(
  configured: readonly ConfiguredTarget[],
  discovered: DiscoveredTargets,
): ReadonlyMap<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  for (const { id, name, excluded } of discovered.values()) {
    if (excluded !== undefined) continue;
    wanted.set(id, { origin: 'discovered', configuredName: undefined, discoveredName: name });
  }
  for (const { id, name } of configured) {
    wanted.set(id, { origin: 'configured', configuredName: name, discoveredName: discovered.get(id)?.name });
  }
  return wanted;
}
