import type { Discovered, DiscoveryRequest } from '../discovered.ts';
import { select } from '../listing.ts';
import { Inventory } from './inventory.ts';
import type { JobDetails } from './listed-job.ts';
import { readRecent } from './recent-jobs.ts';
import { createSearch, type Search, VALUES_MAX } from './search.ts';

const ALIVE = ['Creating', 'Pending', 'Running', 'Terminating'];
/** Requests that one discovery may cost; where they do not suffice, the next one goes on. */
const REQUESTS_MAX = 1_000;

/**
 * Lists the jobs that are alive and those created of late. Ended jobs do not change, so that what a refresh
 * costs follows what is alive or new, not how many there are.
 */
export async function discoverTrainingJobs({
  api,
  settings,
  known,
  now,
}: DiscoveryRequest<JobDetails>): Promise<readonly Discovered<JobDetails>[]> {
  const since = now - settings.createdWithin;
  const search = createSearch(api, now, REQUESTS_MAX);
  const inventory = new Inventory(known);
  for (const { id, details } of known.values()) {
    if (details.final && (details.createdAt ?? 0) < since) inventory.drop(id);
  }
  await readAlive(search, inventory);
  await readRecent(search, inventory, since, now);
  await lookUpEnded(search, inventory);
  // A server may return more than it was asked for; the end of a job that was alive is told once.
  for (const { id, details } of inventory.all()) {
    const wasAlive = known.get(id)?.details.final === false;
    if (details.final && !wasAlive && (details.createdAt ?? since) < since) inventory.drop(id);
  }
  return inventory.all().map((job) => select(job, settings, [job.name ?? job.id]));
}

/** A job that ends meanwhile moves the others up a page: who is missed for that is looked up later. */
async function readAlive(search: Search, inventory: Inventory): Promise<void> {
  const ids = new Set<string>();
  for (let index = 0; ; index += 1) {
    const page = await search({ key: 'phase', operator: 'in', value: ALIVE }, index);
    if (page === undefined) return;
    const before = ids.size;
    for (const id of page.ids) ids.add(id);
    inventory.take(page.jobs);
    if (ids.size === before || (page.count !== undefined && ids.size >= page.count)) return;
  }
}

/** Learns the final phase of the jobs that are no longer alive; those that no longer exist are dropped. */
async function lookUpEnded(search: Search, inventory: Inventory): Promise<void> {
  const ended = inventory.unread().filter(({ details }) => !details.final);
  for (let start = 0; start < ended.length; start += VALUES_MAX) {
    const ids = ended.slice(start, start + VALUES_MAX).map(({ id }) => id);
    const page = await search({ key: 'id', operator: 'in', value: ids }, 0);
    if (page === undefined) return;
    inventory.take(page.jobs);
    const found = new Set(page.ids);
    for (const id of ids) if (!found.has(id)) inventory.drop(id);
  }
}
