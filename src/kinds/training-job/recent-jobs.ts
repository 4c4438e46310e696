import { BLUR, type Inventory, type Range } from './inventory.ts';
import type { Filter, Search } from './search.ts';

/** A search may span 31 days. */
const SPAN_MAX = 30 * 24 * 3_600_000;
/** The API's clock may be ahead. */
const AHEAD = 10 * 60_000;

/**
 * Brings the inventory up to date with the jobs created since an instant. New jobs come first and are read
 * until known ones follow. What is older is only compared by how many there are, and where the numbers
 * differ, because jobs were deleted or missed, the place is found by halving the time.
 */
export async function readRecent(
  search: Search,
  inventory: Inventory,
  since: number,
  now: number,
): Promise<void> {
  const from = Math.floor(since / 1_000) * 1_000;
  for (let to = Math.ceil((now + AHEAD) / 1_000) * 1_000; to > from; to -= SPAN_MAX) {
    await reconcile(search, inventory, { from: Math.max(from, to - SPAN_MAX), to });
  }
}

async function reconcile(search: Search, inventory: Inventory, range: Range): Promise<void> {
  const ids = new Set<string>();
  let oldest = range.to;
  for (let index = 0; ; index += 1) {
    const page = await search(createdIn(range), index);
    if (page === undefined) return;
    const before = ids.size;
    for (const id of page.ids) ids.add(id);
    inventory.take(page.jobs);
    for (const { details } of page.jobs) oldest = Math.min(oldest, details.createdAt ?? oldest);

    const { count } = page;
    const whole = count === undefined ? page.ids.length === 0 : ids.size >= count;
    inventory.dropUnread({ from: whole ? range.from : oldest, to: range.to });
    if (whole || ids.size === before) return;
    if (!inventory.knewBefore(page.jobs.at(-1)?.id)) continue;
    if (count === undefined || inventory.countCreated(range) === count) return;

    const rest = { from: range.from, to: Math.min(range.to, Math.ceil(oldest / 1_000) * 1_000 + 3 * BLUR) };
    const middle = inventory.quietMoment(rest);
    if (middle === undefined) continue;
    await reconcile(search, inventory, { from: middle, to: rest.to });
    return reconcile(search, inventory, { from: rest.from, to: middle });
  }
}

/** Without fractions: no example shows whether the API takes them. */
function createdIn({ from, to }: Range): Filter {
  const value = [from, to].map((at) => new Date(at).toISOString().replace('.000Z', 'Z'));
  return { key: 'create_time', operator: 'between', value };
}
