import type { ApiRequest } from '../../modelarts/api.ts';
import { saysNotThere } from '../../modelarts/errors.ts';
import {
  contentKey,
  isObject,
  itemsOf,
  type JsonObject,
  listOf,
  millisecondsTime,
  nameOf,
  objectOf,
  oneOf,
  present,
  wholeNumber,
} from '../decode.ts';
import type { Admit, ReadRequest } from '../reading.ts';

export const RESULTS = ['success', 'fail', 'running'] as const;
export type UpdateResult = (typeof RESULTS)[number] | 'other';

/** A service update record, from "Obtaining Service Update Logs". */
export interface UpdateRecord {
  readonly at: number;
  readonly result: UpdateResult;
  readonly models: readonly UpdatedModel[];
  /** The id of the dedicated pool that it runs in, where it has one. */
  readonly pool?: string;
  /** Edge services only. */
  readonly succeededNodes?: number;
  readonly failedNodes?: number;
}

/** The configuration entries of one model and specification, added up. */
export interface UpdatedModel {
  readonly id?: string;
  readonly name?: string;
  readonly version?: string;
  readonly specification?: string;
  readonly instances?: number;
  /** Per cent of the traffic. */
  readonly weight?: number;
}

/**
 * Reads a service's update records. Only real-time and edge services have them; from another one, or one
 * of unknown type, a 400 or 404 is no error.
 * @param admit told of the items that are no records
 */
export async function readUpdates(
  request: ReadRequest,
  inferType: string | undefined,
  admit: Admit<never>,
): Promise<readonly UpdateRecord[]> {
  const expected = inferType === 'real-time' || inferType === 'edge';
  try {
    const body = await request.api.request(logsRequest(request.id));
    const { items } = itemsOf(body, 'logs', 'total_count');
    const records: UpdateRecord[] = [];
    const malformed: string[] = [];
    for (const item of items) {
      const record = isObject(item) ? decode(item, request.now) : undefined;
      if (record === undefined) malformed.push(contentKey(item));
      else records.push(record);
    }
    admit({ sightings: [], malformed, total: undefined });
    return records;
  } catch (error) {
    if (!expected && saysNotThere(error)) return [];
    throw error;
  }
}

/** The request of a service's update records. */
export function logsRequest(id: string): ApiRequest {
  return {
    operation: 'service_update_logs',
    version: 'v1',
    path: `services/${encodeURIComponent(id)}/logs`,
  };
}

function decode(item: JsonObject, now: number): UpdateRecord | undefined {
  const at = millisecondsTime(item['update_time'], now);
  const result = item['result'];
  if (at === undefined || typeof result !== 'string') return undefined;
  return {
    at,
    result: oneOf(RESULTS, result),
    models: decodeModels(item['config']),
    ...present({
      pool: poolOf(item['config']),
      succeededNodes: wholeNumber(item['success_num']),
      failedNodes: wholeNumber(item['failed_num']),
    }),
  };
}

function decodeModels(config: unknown): UpdatedModel[] {
  const models = new Map<string, UpdatedModel>();
  for (const entry of listOf(config).filter(isObject)) {
    const labels = present({
      id: nameOf(entry['model_id']),
      name: nameOf(entry['model_name']),
      version: nameOf(entry['model_version']),
      specification: nameOf(entry['specification']),
    });
    const key = JSON.stringify(labels);
    const before = models.get(key);
    const instances = added(before?.instances, wholeNumber(entry['instance_count']));
    const weight = added(before?.weight, wholeNumber(entry['weight']));
    models.set(key, { ...labels, ...present({ instances, weight }) });
  }
  return [...models.values()];
}

function poolOf(config: unknown): string | undefined {
  const pools = listOf(config).map((entry) => nameOf(objectOf(entry)['cluster_id']));
  return pools.find((pool) => pool !== undefined);
}

/** The sum of what is known of two. */
function added(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : a + (b ?? 0);
}
