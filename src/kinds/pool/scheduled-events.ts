import type { Api } from '../../modelarts/api.ts';
import { isObject, itemsOf, type JsonObject, present, rfc3339Time } from '../decode.ts';
import { identityOf, idOf, lowerCaseOf, messageOf } from '../listed-values.ts';
import { readOffsetPages } from '../offset-pages.ts';

/** What may be planned for a node; the API writes some with a hyphen. */
export const MAINTENANCE_TYPES = [
  'system_maintenance',
  'localdisk_recovery',
  'node_reboot',
  'operation_request',
  'node_maintenance',
  'node_redeploy',
  'node_localdisk_recovery',
] as const;

/** What is yet to come or under way: it waits for somebody to authorise it, it is authorised, it has begun. */
export const MAINTENANCE_STATES = ['inquiring', 'scheduled', 'executing'] as const;

const OVER = ['completed', 'failed', 'canceled', 'cancelled'];

/** Maintenance of a node of a pool that is not over, from "Obtaining the Scheduled Event List". Instants are Unix milliseconds. */
export interface Maintenance {
  readonly id: string;
  readonly type: (typeof MAINTENANCE_TYPES)[number] | 'other';
  readonly state: (typeof MAINTENANCE_STATES)[number] | 'other';
  readonly node?: string;
  /** When it began, else when it is planned to, which is when it was published if it is to be done at once. */
  readonly start?: number;
  readonly publishedAt?: number;
  readonly message?: string;
}

/** The documented maximum of a page. */
const LIMIT = 100;
/** Requests that one look may cost. */
const PAGES_MAX = 10;

/**
 * Reads what is planned for the nodes of a project's pools. Older regions know no filters and no pages, so that what is
 * over is left out here, and a page that brings nothing new is the last.
 * @returns by the id of the pool; what is planned for nodes without a pool is left out
 * @throws ApiError
 */
export async function readScheduledEvents(api: Api): Promise<ReadonlyMap<string, readonly Maintenance[]>> {
  const items = await readOffsetPages(
    async (offset) => {
      const query = { offset, limit: LIMIT };
      const body = await api.request({
        operation: 'list_scheduled_events',
        version: 'v1',
        path: 'scheduled-events',
        query,
      });
      return itemsOf(body, 'events', 'count');
    },
    (item) => identityOf(item, 'id'),
    PAGES_MAX,
  );
  const byPool = new Map<string, Maintenance[]>();
  for (const item of items) {
    if (!isObject(item)) continue;
    const pool = idOf(item['poolName']);
    const maintenance = decode(item);
    if (pool === undefined || maintenance === undefined) continue;
    byPool.set(pool, [...(byPool.get(pool) ?? []), maintenance]);
  }
  return byPool;
}

function decode(item: JsonObject): Maintenance | undefined {
  const id = idOf(item['id']);
  const state = lowerCaseOf(item['state']);
  if (id === undefined || state === undefined || OVER.includes(state)) return undefined;
  const type = lowerCaseOf(item['type'])?.replaceAll('-', '_');
  const publishedAt = instantOf(item['publishTime']);
  return {
    id,
    type: MAINTENANCE_TYPES.find((each) => each === type) ?? 'other',
    state: MAINTENANCE_STATES.find((each) => each === state) ?? 'other',
    ...present({
      node: idOf(item['nodeName']),
      start: instantOf(item['startTime']) ?? instantOf(item['notBefore']) ?? publishedAt,
      publishedAt,
      message: messageOf(item['description']),
    }),
  };
}

/** What is planned lies ahead; a time before 1970 stands for none. */
function instantOf(value: unknown): number | undefined {
  const instant = rfc3339Time(value, Number.POSITIVE_INFINITY);
  return instant === undefined || instant <= 0 ? undefined : instant;
}
