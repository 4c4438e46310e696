import { ApiError } from '../../modelarts/errors.ts';
import type { Discovered, DiscoveryRequest } from '../discovered.ts';
import type { PoolDetails } from './discovery.ts';
import { type Maintenance, readScheduledEvents } from './scheduled-events.ts';

/** What is planned for a pool, and when the cloud was asked for it. Instants are Unix milliseconds. */
export interface Plans {
  readonly askedAt: number;
  /** For so many milliseconds it is not asked again. */
  readonly pause: number;
  /** What is not over; undefined: the cloud does not tell. */
  readonly maintenance: readonly Maintenance[] | undefined;
}

/** Maintenance is planned hours ahead, so that it is asked for with every tenth listing, and not later than this. Milliseconds. */
const LISTINGS = 10;
const PAUSE_MAX = 5 * 60_000;
const PAUSE_SCARCE = 30 * 60_000;
/** Who lacks the permission, or lives in a region without this API, seldom gets it within the hour. */
const PAUSE_REFUSED = 6 * 3_600_000;
const REFUSALS = [400, 403, 404];

/**
 * Finds out what is planned for the pools that a listing has shown, mostly from what was found out before: one request
 * tells of all pools of a project, and is sent rarely. It is nothing that the listing depends on, so that its failure
 * is none.
 */
export async function withPlans(
  pools: readonly Discovered<PoolDetails>[],
  request: DiscoveryRequest<PoolDetails>,
): Promise<readonly Discovered<PoolDetails>[]> {
  const { known, now } = request;
  const before = (id: string) => known.get(id)?.details.plans;
  const newest = newestOf(known);
  const hasNewPool = newest?.maintenance !== undefined && pools.some(({ id }) => before(id) === undefined);
  const isPause = newest !== undefined && newest.askedAt <= now && now < newest.askedAt + newest.pause;
  const isDue = pools.length > 0 && (!isPause || hasNewPool);
  const plansOf = isDue ? await ask(request, before) : before;
  return pools.map((pool) => {
    const plans = plansOf(pool.id);
    return plans === undefined ? pool : { ...pool, details: { ...pool.details, plans } };
  });
}

async function ask(
  { api, settings: { refresh }, now }: DiscoveryRequest<PoolDetails>,
  before: (id: string) => Plans | undefined,
): Promise<(id: string) => Plans> {
  const regular = Math.max(refresh, Math.min(LISTINGS * refresh, PAUSE_MAX));
  const pause = api.isScarce?.() ? Math.max(regular, PAUSE_SCARCE) : regular;
  try {
    const byPool = await readScheduledEvents(api);
    return (id) => ({ askedAt: now, pause, maintenance: byPool.get(id) ?? [] });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const isRefused = REFUSALS.includes(error.status ?? 0);
    if (isRefused) return () => ({ askedAt: now, pause: PAUSE_REFUSED, maintenance: undefined });
    return (id) => ({ askedAt: now, pause, maintenance: before(id)?.maintenance });
  }
}

function newestOf(known: DiscoveryRequest<PoolDetails>['known']): Plans | undefined {
  const plans = [...known.values()].flatMap(({ details }) => details.plans ?? []);
  return plans.toSorted((a, b) => a.askedAt - b.askedAt).at(-1);
}
