import {
  isObject,
  itemsOf,
  type JsonObject,
  listOf,
  nameOf,
  objectOf,
  present,
  wholeNumber,
} from '../decode.ts';
import type { Discovered, DiscoveryRequest } from '../discovered.ts';
import { decodeListing, idOf, lowerCaseOf } from '../listed-values.ts';
import { select } from '../selection.ts';
import { type Plans, withPlans } from './plans.ts';

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
  /** Nodes that are asked for, summed over flavors. */
  readonly wanted?: number;
  readonly info?: PoolInfo;
  /** What is planned for its nodes. */
  readonly plans?: Plans;
  /** When the listing was asked for, in Unix milliseconds. */
  readonly asOf?: number;
}

/** What seldom changes. */
export interface PoolInfo {
  /** `dedicate` or `logical`. */
  readonly type?: string;
  /** Flavors of its nodes, in the order of the alphabet. */
  readonly flavor?: string;
  /** What it may be used for, in the order of the alphabet: `infer`, `notebook`, `train`. */
  readonly scope?: string;
  readonly billing?: 'pay_per_use' | 'period';
}

/** Lists a project's resource pools, from "Querying Resource Pools": all come at once, without pages. */
export async function discoverPools(
  request: DiscoveryRequest<PoolDetails>,
): Promise<readonly Discovered<PoolDetails>[]> {
  const { api, settings, now } = request;
  const { items } = itemsOf(
    await api.request({ operation: 'list_pools', version: 'v2', path: 'pools' }),
    'items',
    'total',
  );
  const pools = decodeListing(items, (item) => decode(item, now)).map((pool) =>
    select(pool, settings, pool.name === undefined ? [pool.id] : [pool.name, pool.id]),
  );
  return withPlans(pools, request);
}

function decode({ metadata, spec, status }: JsonObject, now: number): Discovered<PoolDetails> | undefined {
  if (!isObject(metadata)) return undefined;
  const id = idOf(metadata['name']);
  if (id === undefined) return undefined;
  const name = nameOf(objectOf(metadata['labels'])['os.modelarts/name']);
  const info = infoOf(objectOf(spec), metadata['annotations']);
  if (!isObject(status)) return { id, name, details: { asOf: now, info } };
  return {
    id,
    name,
    details: present({
      asOf: now,
      info,
      wanted: wantedOf(objectOf(spec)['resources']),
      status: lowerCaseOf(status['phase']),
      nodes: decodeNodes(status['resources']),
    }),
  };
}

function infoOf({ type, scope, resources }: JsonObject, annotations: unknown): PoolInfo {
  const flavors = listOf(resources).map((resource) => nameOf(objectOf(resource)['flavor']));
  const billing = objectOf(annotations)['os.modelarts/billing.mode'];
  return present({
    type: lowerCaseOf(type),
    flavor: joined(flavors),
    scope: joined(listOf(scope).map(lowerCaseOf)),
    billing: billing === '0' ? ('pay_per_use' as const) : billing === '1' ? ('period' as const) : undefined,
  });
}

function wantedOf(resources: unknown): number | undefined {
  const counts = listOf(resources).map((resource) => wholeNumber(objectOf(resource)['count']));
  // A count that can't be read must not pass for fewer nodes.
  if (!Array.isArray(resources)) return undefined;
  return counts.reduce<number | undefined>(
    (sum, count) => (sum === undefined || count === undefined ? undefined : sum + count),
    0,
  );
}

function joined(names: readonly (string | undefined)[]): string | undefined {
  const distinct = new Set(names.filter((name) => name !== undefined));
  return nameOf([...distinct].sort().join(','));
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
