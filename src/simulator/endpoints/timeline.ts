import type { TimelineDialect } from '../dialect.ts';
import { hash32 } from '../seeded-random.ts';

/** Which part of a timeline is asked for. Instants are Unix milliseconds, the end is inclusive. */
export interface TimelineQuery {
  readonly start: number | undefined;
  readonly end: number | undefined;
  readonly offset: number;
  readonly limit: number;
  readonly order: 'asc' | 'desc' | undefined;
}

export interface TimelinePage<E> {
  readonly items: readonly E[];
  /** How many events match without paging. */
  readonly total: number;
  readonly order: 'asc' | 'desc';
}

/** Filters by time, orders and cuts one page as the dialect does. */
export function timelinePage<E>(
  events: readonly E[],
  timeOf: (event: E) => number,
  query: TimelineQuery,
  dialect: TimelineDialect,
): TimelinePage<E> {
  const { start = Number.NEGATIVE_INFINITY, end = Number.POSITIVE_INFINITY } = query;
  const afterStart =
    dialect.startBound === 'inclusive' ? (time: number) => time >= start : (time: number) => time > start;
  const matching: { event: E; time: number; index: number }[] = [];
  for (const [index, event] of events.entries()) {
    const time = timeOf(event);
    if (afterStart(time) && time <= end) matching.push({ event, time, index });
  }

  const order = effectiveOrder(query.order, dialect);
  const sign = order === 'asc' ? 1 : -1;
  if (dialect.ties === 'scattered') {
    const rank = (index: number): number => hash32(String(index));
    matching.sort((a, b) => sign * (a.time - b.time) || rank(a.index) - rank(b.index));
  } else {
    matching.sort((a, b) => sign * (a.time - b.time || a.index - b.index));
  }
  const items = pageOf(matching, query, dialect).map(({ event }) => event);
  return { items, total: matching.length, order };
}

/** Cuts a page, with `offset` counting pages or records. */
export function pageOf<E>(
  items: readonly E[],
  query: { readonly offset: number; readonly limit: number },
  dialect: { readonly offset: 'page' | 'record'; readonly pageCap: number },
): readonly E[] {
  const limit = Math.min(query.limit, dialect.pageCap);
  const from = dialect.offset === 'page' ? query.offset * limit : query.offset;
  return items.slice(from, from + limit);
}

function effectiveOrder(asked: 'asc' | 'desc' | undefined, dialect: TimelineDialect): 'asc' | 'desc' {
  switch (dialect.order) {
    case 'always_asc':
      return 'asc';
    case 'always_desc':
      return 'desc';
    case 'honoured':
      return asked ?? dialect.defaultOrder;
  }
}
