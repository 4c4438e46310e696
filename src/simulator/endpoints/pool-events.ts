import { type Answer, modelArtsError, ok } from '../answer.ts';
import type { PoolEventsDialect } from '../dialect.ts';
import type { PoolEvent } from '../model.ts';
import { utcSeconds } from '../wire-time.ts';
import type { Call } from './call.ts';
import { QueryReader } from './query-reader.ts';
import { pageOf } from './timeline.ts';
import { BAD_REQUEST } from './training-job-events.ts';

const LIMIT_MAX = 500;

interface Indexed {
  readonly event: PoolEvent;
  readonly index: number;
}

/** `GET /v1/{project_id}/events?resource=pools&name={pool}` */
export function poolEvents(call: Call): Answer {
  const dialect = call.dialect.poolEvents;
  const query = new QueryReader(call.query, BAD_REQUEST);
  const name = query.text('name');
  if (query.oneOf('resource', ['pools']) === undefined || name === undefined) return query.refuse();
  const pool = call.project.pools.get(name);
  if (pool === undefined) return modelArtsError(404, '50015001', `Pool ${name} not found.`);

  const asked = query.integer('limit') ?? 0;
  const limit = Math.min(asked === 0 ? LIMIT_MAX : asked, LIMIT_MAX, dialect.pageCap);
  const type = query.oneOf('type', ['Normal', 'Warning']);
  const within = timeFilter(query.integer('since'), query.integer('until'), dialect);
  const ascend = query.oneOf('ascend', ['true', 'false']);
  const ascending =
    dialect.paging === 'offset' && ascend !== undefined ? ascend === 'true' : dialect.order === 'asc';
  const sign = ascending ? 1 : -1;
  const matching = pool.events
    .map((event, index): Indexed => ({ event, index }))
    .filter(({ event }) => (type === undefined || event.type === type) && within(event))
    .sort((a, b) => sign * (a.event.firstTimestamp - b.event.firstTimestamp || a.index - b.index));

  const offset = query.integer('offset') ?? 0;
  const marker = query.text('continue');
  const from = dialect.paging === 'continue' && marker !== undefined ? afterMarker(marker, matching) : 0;
  if (from === undefined) return query.refuse();
  const items =
    dialect.paging === 'offset'
      ? pageOf(matching, { offset, limit }, dialect)
      : matching.slice(from, from + limit);
  const remaining = dialect.paging === 'offset' ? 0 : matching.length - from - items.length;
  return ok({
    kind: 'EventList',
    apiVersion: 'v1',
    ...(dialect.paging === 'offset' ? { total: matching.length } : {}),
    metadata: {
      ...continueField(items, remaining, marker, dialect),
      ...(dialect.remainingItemCount ? { remainingItemCount: remaining } : {}),
    },
    items: items.map(({ event }) => wireEvent(event)),
  });
}

function timeFilter(
  since: number | undefined,
  until: number | undefined,
  dialect: PoolEventsDialect,
): (event: PoolEvent) => boolean {
  if (dialect.since === 'ignored') return () => true;
  const unit = dialect.since === 'seconds' ? 1000 : 1;
  const start = since === undefined ? Number.NEGATIVE_INFINITY : since * unit;
  const end = until === undefined ? Number.POSITIVE_INFINITY : until * unit;
  return ({ firstTimestamp, lastTimestamp }) => {
    const time = dialect.sinceOn === 'first' ? firstTimestamp : lastTimestamp;
    return (dialect.startBound === 'inclusive' ? time >= start : time > start) && time <= end;
  };
}

/** The marker names the last event of its page, so that events that come between two pages shift nothing. */
function markerOf(index: number): string {
  return `cde36780-1120-4753-bf75-${index.toString(16).padStart(12, '0')}`;
}

/** Where the page after a marker begins; undefined for a marker that was never given out. */
function afterMarker(marker: string, matching: readonly Indexed[]): number | undefined {
  const position = matching.findIndex(({ index }) => markerOf(index) === marker);
  return position === -1 ? undefined : position + 1;
}

function continueField(
  items: readonly Indexed[],
  remaining: number,
  asked: string | undefined,
  dialect: PoolEventsDialect,
): { readonly continue?: string } {
  const last = items.at(-1);
  if (remaining > 0 && last !== undefined) return { continue: markerOf(last.index) };
  switch (dialect.lastContinue) {
    case 'absent':
      return {};
    case 'empty':
      return { continue: '' };
    case 'present':
      return last === undefined ? {} : { continue: markerOf(last.index) };
    case 'repeated': {
      const marker = last === undefined ? asked : markerOf(last.index);
      return marker === undefined ? {} : { continue: marker };
    }
  }
}

function wireEvent(event: PoolEvent): unknown {
  return {
    kind: 'Event',
    apiVersion: 'v1',
    type: event.type,
    firstTimestamp: utcSeconds(event.firstTimestamp),
    lastTimestamp: utcSeconds(event.lastTimestamp),
    count: event.count,
    reason: event.reason,
    message: event.message,
  };
}
