import { isObject, itemsOf, type JsonObject, nameOf, present, wholeNumber } from '../decode.ts';
import type { Discovered, DiscoveryRequest } from '../discovered.ts';
import { idOf, lowerCaseOf } from '../listed-values.ts';
import { select } from '../selection.ts';

/** What the pool listing tells. */
export interface PoolDetails {
  /** Lower-case. */
  readonly status?: string;
  /** Nodes by state, summed over flavors. */
  readonly nodes?: {
    readonly available: number;
    readonly abnormal: number;
    readonly creating: number;
    readonly deleting: number;
  };
}

/** Lists a project's resource pools, from "Querying Resource Pools": all come at once, without pages. */
export async function discoverPools({
  api,
  settings,
}: DiscoveryRequest<PoolDetails>): Promise<readonly Discovered<PoolDetails>[]> {
  const { items } = itemsOf(
    await api.request({ operation: 'list_pools', version: 'v2', path: 'pools' }),
    'items',
    'total',
  );
  const pools = new Map<string, Discovered<PoolDetails>>();
  for (const item of items) {
    const pool = isObject(item) ? decode(item) : undefined;
    if (pool === undefined) continue;
    const names = pool.name === undefined ? [pool.id] : [pool.name, pool.id];
    pools.set(pool.id, select(pool, settings, names));
  }
  return [...pools.values()];
}

function decode({ metadata, status }: JsonObject): Discovered<PoolDetails> | undefined {
  if (!isObject(metadata)) return undefined;
  const id = idOf(metadata['name']);
  if (id === undefined) return undefined;
  const labels = metadata['labels'];
  const name = isObject(labels) ? nameOf(labels['os.modelarts/name']) : undefined;
  if (!isObject(status)) return { id, name, details: {} };
  return {
    id,
    name,
    details: present({
      status: lowerCaseOf(status['phase']),
      nodes: decodeNodes(status['resources']),
    }),
  };
}

function decodeNodes(resources: unknown): PoolDetails['nodes'] {
  if (!isObject(resources)) return undefined;
  const available = countOf(resources['available']);
  const abnormal = countOf(resources['abnormal']);
  const creating = countOf(resources['creating']);
  const deleting = countOf(resources['deleting']);
  // A count that can't be read must not pass for fewer nodes.
  if (available === undefined || abnormal === undefined || creating === undefined || deleting === undefined) {
    return undefined;
  }
  return { available, abnormal, creating, deleting };
}

/** Documents show one entry per flavor, the SDKs' types a single object; nothing means no nodes. */
function countOf(entries: unknown): number | undefined {
  let sum = 0;
  for (const entry of Array.isArray(entries) ? entries : [entries ?? {}]) {
    const count = isObject(entry) ? wholeNumber(entry['count'] ?? 0) : undefined;
    if (count === undefined) return undefined;
    sum += count;
  }
  return sum;
}
