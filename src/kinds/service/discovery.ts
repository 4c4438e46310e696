import type { ApiRequest } from '../../modelarts/api.ts';
import { itemsOf, type JsonObject, millisecondsTime, nameOf, present, wholeNumber } from '../decode.ts';
import type { Discovered, DiscoveryRequest } from '../discovered.ts';
import { decodeListing, identityOf, idOf, lowerCaseOf } from '../listed-values.ts';
import { readOffsetPages } from '../offset-pages.ts';
import { select } from '../selection.ts';
import { inSmallerPages } from '../smaller-pages.ts';

/** What the service listing tells. */
export interface ServiceDetails {
  /** `real-time`, `batch` or `edge`. */
  readonly inferType?: string;
  /** Lower-case. */
  readonly status?: string;
  /** When it took this status, in Unix milliseconds. */
  readonly changedAt?: number;
  /** Calls of the service that failed so far. */
  readonly failedTimes?: number;
  /** Who created it. */
  readonly owner?: string;
  /** When the listing was asked for, in Unix milliseconds. */
  readonly asOf?: number;
}

/** The documented default and only known maximum of a page. */
export const LISTED_MAX = 1000;
/** Requests that one listing may cost. */
const PAGES_MAX = 100;

/**
 * Lists a project's services, from "Querying a Service List". The oldest come first, so that a service
 * deployed meanwhile shifts no page.
 */
export async function discoverServices({
  api,
  settings,
  now,
}: DiscoveryRequest<ServiceDetails>): Promise<readonly Discovered<ServiceDetails>[]> {
  const items = await inSmallerPages(LISTED_MAX, (limit) =>
    readOffsetPages(
      async (offset) => {
        const body = await api.request(listRequest(offset, limit));
        return itemsOf(body, 'services', 'total_count');
      },
      (item) => identityOf(item, 'service_id'),
      PAGES_MAX,
    ),
  );
  return decodeListing(items, (item) => decode(item, now)).map((service) =>
    select(service, settings, [service.name ?? service.id], service.details.status),
  );
}

/** The request of a page of the list. */
export function listRequest(offset: number, limit: number): ApiRequest {
  const query = { offset, limit, sort_by: 'publish_at', order: 'asc' };
  return { operation: 'list_services', version: 'v1', path: 'services', query };
}

function decode(item: JsonObject, now: number): Discovered<ServiceDetails> | undefined {
  const id = idOf(item['service_id']);
  if (id === undefined) return undefined;
  return {
    id,
    name: nameOf(item['service_name']),
    details: present({
      inferType: lowerCaseOf(item['infer_type']),
      status: lowerCaseOf(item['status']),
      changedAt: millisecondsTime(item['transition_at'], now) || undefined,
      failedTimes: wholeNumber(item['failed_times']) || undefined,
      owner: nameOf(item['owner']),
      asOf: now,
    }),
  };
}
