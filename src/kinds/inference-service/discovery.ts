import { ApiError } from '../../modelarts/errors.ts';
import { itemsOf, type JsonObject, nameOf, present, wholeNumber } from '../decode.ts';
import type { Discovered, DiscoveryRequest } from '../discovered.ts';
import { decodeListing, identityOf, idOf, lowerCaseOf } from '../listed-values.ts';
import { select } from '../selection.ts';
import { inSmallerPages } from '../smaller-pages.ts';
import { readRows } from './rows.ts';
import { instantOf } from './times.ts';

/** What the listing of inference services tells. */
export interface InferenceServiceDetails {
  /** Lower-case, as are the types. */
  readonly status?: string;
  /** When it was last changed, in Unix milliseconds. */
  readonly changedAt?: number;
  /** `real_time` or `async_real_time`. */
  readonly type?: string;
  /** `single` or `multi`. */
  readonly deployType?: string;
  readonly version?: string;
  readonly versions?: number;
  /** Who made it. */
  readonly owner?: string;
}

/** The documented maximum of a page. */
const LIMIT = 500;
const ROWS_MAX = 50_000;

/**
 * Lists a project's inference services, from "ListInferServices". The oldest come first: by default those changed last
 * do, and one that changes meanwhile would shift the pages.
 * @throws ApiError malformed also where the pages do not go on from each other
 */
export async function discoverInferenceServices({
  api,
  settings,
  now,
}: DiscoveryRequest<InferenceServiceDetails>): Promise<readonly Discovered<InferenceServiceDetails>[]> {
  const { pages, failure, hasGap, place } = await inSmallerPages(LIMIT, (limit) =>
    readRows({
      async fetch(rows, offset) {
        const query = { limit: rows, offset, sort_key: 'create_at', sort_dir: 'ASC' };
        const operation = 'list_inference_services';
        const body = await api.request({ operation, version: 'v2', path: 'services', query });
        return itemsOf(body, 'data', 'total', offset === 0 ? 'first' : 'later');
      },
      limits: [limit],
      rowsMax: ROWS_MAX,
      keyOf: (item) => identityOf(item, 'id'),
      isEnough: () => false,
    }),
  );
  if (failure !== undefined) throw failure;
  if (hasGap || place !== undefined)
    throw new ApiError(
      'malformed',
      'list_inference_services: pages that do not go on from each other, or never end',
    );
  return decodeListing(pages.flat(), (item) => decode(item, now)).map((service) =>
    select(service, settings, [service.name ?? service.id], service.details.status),
  );
}

function decode(item: JsonObject, now: number): Discovered<InferenceServiceDetails> | undefined {
  const id = idOf(item['id']);
  if (id === undefined) return undefined;
  return {
    id,
    name: nameOf(item['name']),
    details: present({
      status: lowerCaseOf(item['status']),
      changedAt: instantOf(item['update_at'], now) || undefined,
      type: lowerCaseOf(item['type']),
      deployType: lowerCaseOf(item['deploy_type']),
      version: nameOf(item['version']),
      versions: wholeNumber(item['version_count']),
      owner: nameOf(item['user_name']),
    }),
  };
}
