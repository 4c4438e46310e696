import type { Page, Sighting } from '../../src/kinds/event.ts';
import type { PageRequest, TimedSource } from '../../src/kinds/time-paging.ts';

/** An event of the test server; equal instants and texts are identical events. */
export interface ServerEvent {
  readonly at: number;
  readonly text: string;
}

/** Where the documents leave room, or servers differ from them. */
export interface Dialect {
  readonly offset: 'page' | 'record';
  readonly order: 'honoured' | 'asc' | 'desc';
  readonly startInclusive: boolean;
  readonly endInclusive: boolean;
  /** The server gives at most so many, whatever was asked for. */
  readonly cap: number;
  /** Order of the events of one instant, the same in every request. */
  readonly ties: 'arrival' | 'text';
  /** What `total` counts: the events in the range, or all there ever were; or there is none. */
  readonly total: 'matching' | 'all' | 'missing';
}

/** Events before those of the server, where `total` counts them too. */
const PAST = 1_000;

/** A server of events in memory, whose pages are as its dialect has them. */
export function timedServer(events: ServerEvent[], step: number, dialect: Dialect) {
  const server = {
    requests: 0,
    source: { step, fetch } satisfies TimedSource<ServerEvent>,
  };
  async function fetch(request: PageRequest): Promise<Page<ServerEvent>> {
    server.requests += 1;
    const { start = Number.NEGATIVE_INFINITY, end = Number.POSITIVE_INFINITY } = request;
    const matching = events.filter(
      ({ at }) =>
        (dialect.startInclusive ? at >= start : at > start) && (dialect.endInclusive ? at <= end : at < end),
    );
    matching.sort((a, b) => a.at - b.at || (dialect.ties === 'text' ? (a.text < b.text ? -1 : 1) : 0));
    const order = dialect.order === 'honoured' ? request.order : dialect.order;
    if (order === 'desc') matching.reverse();
    const from = dialect.offset === 'page' ? request.offset * dialect.cap : request.offset;
    return {
      sightings: matching.slice(from, from + dialect.cap).map(sightingOf),
      malformed: [],
      total: { matching: matching.length, all: events.length + PAST, missing: undefined }[dialect.total],
    };
  }
  return server;
}

export function sightingOf(event: ServerEvent): Sighting<ServerEvent> {
  return { key: `${event.at} ${event.text}`, event, first: event.at, last: event.at, count: 1 };
}
