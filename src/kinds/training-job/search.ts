import type { Api, ApiRequest } from '../../modelarts/api.ts';
import { contentKey, isObject, itemsOf } from '../decode.ts';
import type { Discovered } from '../discovered.ts';
import { decodeJob, type JobDetails } from './listed-job.ts';

/** Values that one filter may hold. */
export const VALUES_MAX = 10;
/** The largest page that a search gives. */
export const LIMIT = 50;

export interface Filter {
  readonly key: 'id' | 'phase' | 'create_time';
  readonly operator: 'in' | 'between';
  readonly value: readonly string[];
}

export interface JobPage {
  readonly jobs: readonly Discovered<JobDetails>[];
  /** Ids of all items, with a stand-in for those that can't be read. */
  readonly ids: readonly string[];
  /** How many jobs match, where the API told. */
  readonly count: number | undefined;
}

/** One page of so many jobs, newest first; undefined once the requests of this discovery are spent. */
export type Search = (filter: Filter, page: number, limit: number) => Promise<JobPage | undefined>;

/** The request of a page of a search. */
export function searchRequest(filter: Filter, page: number, limit: number): ApiRequest {
  return {
    operation: 'list_training_jobs',
    version: 'v2',
    path: 'training-job-searches',
    body: {
      offset: page,
      limit,
      sort_by: 'create_time',
      order: 'desc',
      workspace_id: '0',
      train_type: 'job',
      filters: [filter],
    },
  };
}

/** Searches by "Querying a Training Job List", whose `offset` counts pages. */
export function createSearch(api: Api, now: number, requestsMax: number): Search {
  let left = requestsMax;
  return async (filter, page, limit) => {
    if (left === 0) return undefined;
    left -= 1;
    const { items, total } = itemsOf(
      await api.request(searchRequest(filter, page, limit)),
      'items',
      'count',
      page === 0 ? 'first' : 'later',
    );
    const jobs: Discovered<JobDetails>[] = [];
    const ids: string[] = [];
    for (const item of items) {
      const job = isObject(item) ? decodeJob(item, now) : undefined;
      if (job !== undefined) jobs.push(job);
      ids.push(job?.id ?? contentKey(item));
    }
    return { jobs, ids, count: total };
  };
}
