import type { Discovered, DiscoveryRequest } from '../discovered.ts';
import { select } from '../selection.ts';
import { inSmallerPages } from '../smaller-pages.ts';
import type { JobDetails } from './listed-job.ts';
import { newestFirst, nextSpan, undatedDue } from './older-jobs.ts';
import { createSearch, type Filter, type JobPage, LIMIT, type Search, VALUES_MAX } from './search.ts';

type Job = Discovered<JobDetails>;
type Jobs = ReadonlyMap<string, Job>;

const ALIVE = ['Creating', 'Pending', 'Running', 'Terminating'];
/** Requests that one discovery may cost, so that a server whose pages never end is not read for ever. */
const REQUESTS_MAX = 1_000;
/** A search may span 31 days. */
const SPAN_MAX = 30 * 24 * 3_600_000;
/** Spans of older jobs that one discovery lists again, also where requests are scarce. */
const SPANS_MAX = 10;
const SPANS_MAX_SCARCE = 2;
/** The API's clock may be ahead. */
const AHEAD = 10 * 60_000;

/**
 * Lists the jobs that are alive and those created of late. Ended jobs do not change, so that a discovery reads
 * the newest of them only until known ones follow, all of them where the whole listing is asked for, and else some of
 * the older ones in turn.
 */
export async function discoverTrainingJobs(
  request: DiscoveryRequest<JobDetails>,
): Promise<readonly Discovered<JobDetails>[]> {
  const { api, settings, known, whole, doubted, now } = request;
  const search = createSearch(api, now, REQUESTS_MAX);
  const since = Math.floor((now - settings.createdWithin) / 1_000) * 1_000;
  const isOld = ({ details }: Job): boolean => details.final && (details.createdAt ?? since) < since;

  const read = new Map<string, Job>();
  await readAlive(search, read);
  await readRecent(search, read, { since, now, known: whole ? new Map() : known });
  const checked = whole ? new Set<string>() : await readOlder(search, read, request, since);
  const unread = [...known.values()].filter((job) => !read.has(job.id) && !isOld(job));
  const mayBeDeleted = ({ id, details }: Job): boolean =>
    whole || !details.final || doubted.has(id) || checked.has(id);
  const jobs = [
    // A server may return more than it was asked for; the end of a job that was alive is told once.
    ...[...read.values()].filter((job) => !isOld(job) || known.get(job.id)?.details.final === false),
    ...unread.filter((job) => !mayBeDeleted(job)),
    ...(await lookUp(search, unread.filter(mayBeDeleted))),
  ];
  return jobs.map((job) => select(job, settings, [job.name ?? job.id]));
}

/** A job that ends meanwhile moves the others up a page: who is missed for that is looked up later. */
async function readAlive(search: Search, read: Map<string, Job>): Promise<void> {
  await readPages(search, { key: 'phase', operator: 'in', value: ALIVE }, read, () => true);
}

/** Reads the jobs created since an instant, newest first, until a page shows none that is new or has ended. */
async function readRecent(
  search: Search,
  read: Map<string, Job>,
  { since, now, known }: { readonly since: number; readonly now: number; readonly known: Jobs },
): Promise<void> {
  const isNews = ({ id, details }: Job): boolean => {
    const before = known.get(id);
    return before === undefined || (details.final && !before.details.final);
  };
  for (let to = Math.ceil((now + AHEAD) / 1_000) * 1_000; to > since; to -= SPAN_MAX) {
    const filter = createdIn(Math.max(since, to - SPAN_MAX), to);
    const end = await readPages(search, filter, read, ({ jobs }) => jobs.some(isNews));
    if (end === 'no_news') return;
  }
}

/**
 * Reads some of the older jobs again, which may have been deleted.
 * @returns the ids of the known jobs that were to be among them
 */
async function readOlder(
  search: Search,
  read: Map<string, Job>,
  { api, known, now }: DiscoveryRequest<JobDetails>,
  since: number,
): Promise<ReadonlySet<string>> {
  const jobs = newestFirst(known.values(), since);
  const checked = new Set(undatedDue(known.values(), now).map(({ id }) => id));
  const isRead = ({ id }: Job) => read.has(id) || checked.has(id);
  for (let spans = api.isScarce?.() ? SPANS_MAX_SCARCE : SPANS_MAX; spans > 0; spans -= 1) {
    const span = nextSpan(jobs, isRead, { since, now, spanMax: SPAN_MAX });
    if (span === undefined) break;
    const [from, to] = [Math.floor(span.from / 1_000) * 1_000, Math.ceil(span.to / 1_000) * 1_000];
    await readPages(search, createdIn(from, to), read, () => true);
    for (const { id } of span.jobs) checked.add(id);
  }
  return checked;
}

/**
 * Reads the pages of a search.
 * @param hasNews whether a page is worth going on
 * @returns why it ended: nothing more follows, or a page had no news
 */
function readPages(
  search: Search,
  filter: Filter,
  read: Map<string, Job>,
  hasNews: (page: JobPage) => boolean,
): Promise<'end' | 'no_news'> {
  return inSmallerPages(LIMIT, (limit) =>
    readPagesOf((index) => search(filter, index, limit), read, hasNews),
  );
}

async function readPagesOf(
  fetch: (index: number) => Promise<JobPage | undefined>,
  read: Map<string, Job>,
  hasNews: (page: JobPage) => boolean,
): Promise<'end' | 'no_news'> {
  const ids = new Set<string>();
  for (let index = 0; ; index += 1) {
    const page = await fetch(index);
    if (page === undefined) return 'end';
    const before = ids.size;
    for (const id of page.ids) ids.add(id);
    for (const job of page.jobs) read.set(job.id, job);
    if (ids.size === before || (page.count !== undefined && ids.size >= page.count)) return 'end';
    if (!hasNews(page)) return 'no_news';
  }
}

/** Asks for known jobs that were not listed, because they have ended or pages have shifted; the deleted are left out. */
function lookUp(search: Search, jobs: readonly Job[]): Promise<readonly Job[]> {
  return inSmallerPages(VALUES_MAX, (values) => lookUpBy(values, search, jobs));
}

async function lookUpBy(values: number, search: Search, jobs: readonly Job[]): Promise<readonly Job[]> {
  const found: Job[] = [];
  for (let start = 0; start < jobs.length; start += values) {
    const ids = jobs.slice(start, start + values).map(({ id }) => id);
    const page = await search({ key: 'id', operator: 'in', value: ids }, 0, LIMIT);
    // No request is left: they stay as they were known.
    if (page === undefined) return [...found, ...jobs.slice(start)];
    found.push(...page.jobs.filter(({ id }) => ids.includes(id)));
  }
  return found;
}

/** Without fractions of a second: no example shows whether the API takes them. */
function createdIn(from: number, to: number): Filter {
  const value = [from, to].map((at) => new Date(at).toISOString().replace('.000Z', 'Z'));
  return { key: 'create_time', operator: 'between', value };
}
