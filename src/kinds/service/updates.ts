import { ApiError } from '../../modelarts/errors.ts';
import {
  contentKey,
  isObject,
  itemsOf,
  type JsonObject,
  millisecondsTime,
  nameOf,
  oneOf,
  present,
  wholeNumber,
} from '../decode.ts';
import type { Notice } from '../event.ts';
import type { Admit, ReadRequest } from '../reading.ts';

export const RESULTS = ['success', 'fail', 'running'] as const;
export type UpdateResult = (typeof RESULTS)[number] | 'other';

/** A service update record, from "Obtaining Service Update Logs". */
export interface UpdateRecord {
  readonly at: number;
  readonly result: UpdateResult;
  readonly models: readonly UpdatedModel[];
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

/** All that is known of a service's updates. */
export interface UpdateState {
  newest?: UpdateRecord;
  /** Newest record that came to an end, since when ends have been like it and how many; and the newest success. */
  ended?: { at: number; result: 'success' | 'fail'; since?: number; count?: number };
  succeededAt?: number;
  /** The newest records, newest first. */
  history: { at: number; result: UpdateResult }[];
  /** When the logs were last read; 0: never. */
  readAt: number;
  /** New events came since then. */
  stale: boolean;
  /** Records that reached a result since the epoch. */
  totals: { success: number; fail: number; other: number };
  /** update_time of the records that were counted, and of those seen running. */
  counted: number[];
  running: number[];
  /** Of those counted under a result that is not known: a known one may follow. */
  others?: number[];
  /** Everything up to here counts as counted: bounds the list above. */
  countedBefore: number;
}

export function initialUpdates(): UpdateState {
  return {
    history: [],
    readAt: 0,
    stale: true,
    totals: { success: 0, fail: 0, other: 0 },
    counted: [],
    running: [],
    countedBefore: 0,
  };
}

const REREAD_AFTER = 30 * 60_000;
const COUNTED_MAX = 1_000;
const HISTORY_MAX = 20;

/** Updates are asked for only when something may have changed: mostly they cost no request. */
export function updatesDue(updates: UpdateState, now: number): boolean {
  return updates.stale || updates.newest?.result === 'running' || now - updates.readAt >= REREAD_AFTER;
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
    const body = await request.api.request({
      operation: 'service_update_logs',
      version: 'v1',
      path: `services/${encodeURIComponent(request.id)}/logs`,
    });
    const { items } = itemsOf(body, 'logs');
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
    if (!expected && error instanceof ApiError && (error.status === 400 || error.status === 404)) return [];
    throw error;
  }
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
      succeededNodes: wholeNumber(item['success_num']),
      failedNodes: wholeNumber(item['failed_num']),
    }),
  };
}

function decodeModels(config: unknown): UpdatedModel[] {
  const models = new Map<string, UpdatedModel>();
  for (const entry of Array.isArray(config) ? config : []) {
    if (!isObject(entry)) continue;
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

/** Takes in what the logs returned and tells the records that came to an end since the last time. */
export function foldUpdates(
  updates: UpdateState,
  records: readonly UpdateRecord[],
  countingSince: number,
  now: number,
): Notice[] {
  const notices: Notice[] = [];
  const readBefore = updates.readAt;
  updates.readAt = now;
  updates.stale = false;
  updates.history = records
    .toSorted((a, b) => b.at - a.at || rank(b) - rank(a))
    .slice(0, HISTORY_MAX)
    .map(({ at, result }) => ({ at, result }));
  if (records.length > 0 && !records.some(({ at }) => at === updates.newest?.at)) delete updates.newest;
  const running = new Set(updates.running);
  const counted = new Set(updates.counted);
  const others = new Set(updates.others);
  for (const record of records.toSorted((a, b) => a.at - b.at || rank(a) - rank(b))) {
    const { at, result } = record;
    if (updates.newest === undefined || !isBefore(record, updates.newest)) updates.newest = record;
    if (result === 'running') {
      if (!counted.has(at)) running.add(at);
      continue;
    }
    if (result !== 'other') updates.ended = latestEnd(updates.ended, at, result);
    // One that was seen running succeeded after that, and not when it began.
    const succeededAt = running.has(at) ? Math.max(at, readBefore) : at;
    if (result === 'success') updates.succeededAt = Math.max(succeededAt, updates.succeededAt ?? at);
    const known = result === 'other' ? others : counted;
    const counts = at >= countingSince || running.has(at);
    if (!counts || counted.has(at) || known.has(at) || at <= updates.countedBefore) continue;
    known.add(at);
    updates.totals[result] += 1;
    if (result === 'other') continue;
    running.delete(at);
    notices.push(noticeOf(record));
  }
  updates.running = newestOf(running, COUNTED_MAX);
  updates.counted = newestOf(counted, COUNTED_MAX);
  updates.others = newestOf(others, COUNTED_MAX);
  if (counted.size > COUNTED_MAX) updates.countedBefore = (updates.counted[0] ?? 0) - 1;
  return notices;
}

function latestEnd(
  before: UpdateState['ended'],
  at: number,
  result: 'success' | 'fail',
): NonNullable<UpdateState['ended']> {
  if (before === undefined || (at >= before.at && result !== before.result))
    return { at, result, since: at, count: 1 };
  if (at <= before.at) return before;
  const { since = before.at, count = 1 } = before;
  return { at, result, since, count: count + 1 };
}

function noticeOf({ at, result, failedNodes = 0 }: UpdateRecord): Notice {
  const nodes = failedNodes > 0 ? `, ${failedNodes} nodes failed` : '';
  return {
    at,
    severity: result === 'fail' ? 'critical' : 'info',
    fields: { result },
    message: `Service update ended: ${result.toUpperCase()}${nodes}`,
  };
}

/** Of records at one instant a terminal one is the newer, a failure the newest: whatever their order. */
function isBefore(a: UpdateRecord, b: UpdateRecord): boolean {
  return a.at < b.at || (a.at === b.at && rank(a) < rank(b));
}

function rank({ result }: UpdateRecord): number {
  return ['running', 'other', 'success', 'fail'].indexOf(result);
}

function newestOf(instants: ReadonlySet<number>, count: number): number[] {
  return [...instants].sort((a, b) => a - b).slice(-count);
}

/** An unknown one is passed over. */
function added(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : a + (b ?? 0);
}
