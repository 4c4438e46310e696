import type { Query } from '../../modelarts/api.ts';
import { contentKey, isObject, listOf, objectOf, rfc3339Time } from '../decode.ts';
import {
  EVENTS_MIN,
  type Examination,
  type ExamineRequest,
  type Finding,
  mostTelling,
  TOO_FEW_EVENTS,
} from '../examination.ts';
import { offsetFinding, totalFinding } from '../examine-paging.ts';
import { contentFindings } from '../examine-timeline.ts';
import { CATALOG } from './catalog.ts';
import { decodeEvent, eventsRequest, LIMIT } from './events.ts';

interface Shown {
  readonly items: readonly unknown[];
  readonly keys: readonly string[];
  /** Of the last sighting of each, in Unix milliseconds. */
  readonly times: readonly number[];
  readonly marker: unknown;
  readonly total: unknown;
}

type Ask = (limit: number, query?: Query) => Promise<Shown>;

const FEW = 2;

export const examination: Examination = {
  permissions: {
    list_pools: ['modelarts:pool:list'],
    pool_events: ['modelarts:pool:get'],
    list_scheduled_events: [],
  },
  dispensable: { list_scheduled_events: 'planned maintenance of pools is not shown' },
  steps: [eventFindings],
};

async function eventFindings({ api, ids, project, now }: ExamineRequest): Promise<readonly Finding[]> {
  const isEnough = ({ times }: Shown) => new Set(times).size >= EVENTS_MIN;
  const whole = await mostTelling(
    ids,
    async (id) => {
      const ask: Ask = async (limit, query = {}) =>
        shownOf(await api.request(eventsRequest(id, limit, query)), now);
      return { ask, ...(await ask(LIMIT)) };
    },
    isEnough,
  );
  if (whole === undefined) return [];
  const { ask } = whole;
  const known = {
    timeField: 'firstTimestamp',
    textField: 'message',
    catalog: CATALOG,
    decode: decodeEvent,
  };
  const findings = contentFindings(known, whole, now);
  if (!isEnough(whole)) return [...findings, TOO_FEW_EVENTS];
  return [
    ...findings,
    ...(await pagingFindings(ask, whole, project.poolEvents)),
    orderFinding(whole),
    await sinceFinding(ask, whole),
  ];
}

function shownOf(body: unknown, now: number): Shown {
  const object = objectOf(body);
  const items = listOf(object['items']);
  const times = items.flatMap((item) => (isObject(item) ? (decodeEvent(item, now)?.last ?? []) : []));
  return {
    items,
    // The count of a record may grow between two requests.
    keys: items.map((item) => (isObject(item) ? contentKey([item['firstTimestamp'], item['message']]) : '')),
    times,
    marker: objectOf(object['metadata'])['continue'],
    total: object['total'],
  };
}

async function pagingFindings(
  ask: Ask,
  whole: Shown,
  configured: ExamineRequest['project']['poolEvents'],
): Promise<readonly Finding[]> {
  const topic = 'paging';
  const first = await ask(FEW);
  if (first.items.length > FEW) {
    return [{ topic, verdict: 'note', says: '`limit` is not heeded: more events come than are asked for' }];
  }
  if (typeof first.marker !== 'string' || first.marker === '') {
    const offset = await offsetFinding(whole.keys, async (limit) => (await ask(limit, { offset: 1 })).keys);
    const says =
      configured === 'offset'
        ? 'by offset, as `pool_events` is set'
        : 'no marker comes with a page that has more behind it: set `pool_events: offset`';
    return [
      { topic, verdict: configured === 'offset' ? 'ok' : 'problem', says },
      totalFinding(whole.total),
      offset,
    ];
  }
  const second = await ask(FEW, { continue: first.marker });
  if (second.keys[0] === first.keys[0]) {
    const says = 'markers are not heeded: the same page comes again. Try `pool_events: offset`';
    return [{ topic, verdict: configured === 'offset' ? 'note' : 'problem', says }];
  }
  const by: Finding =
    configured === 'continue'
      ? { topic, verdict: 'ok', says: 'by marker, as `pool_events` is set' }
      : { topic, verdict: 'problem', says: 'by marker: set `pool_events: continue`' };
  return [by, lastMarkerFinding(whole)];
}

function lastMarkerFinding({ items, marker }: Shown): Finding {
  const topic = 'last marker';
  if (marker === undefined) return { topic, verdict: 'ok', says: 'is left out where no page follows' };
  if (marker === '') return { topic, verdict: 'ok', says: 'is empty where no page follows' };
  return items.length < LIMIT
    ? { topic, verdict: 'ok', says: 'comes although no page follows: each read costs a request more' }
    : { topic, verdict: 'unknown', says: 'more pages follow the first' };
}

function orderFinding({ items }: Shown): Finding {
  const times = items.flatMap((item) =>
    isObject(item) ? (rfc3339Time(item['firstTimestamp'], Number.POSITIVE_INFINITY) ?? []) : [],
  );
  const isUp = (times[0] ?? 0) <= (times.at(-1) ?? 0);
  return {
    topic: 'order',
    verdict: 'ok',
    says: `the ${isUp ? 'oldest' : 'newest'} first; the exporter manages both`,
  };
}

/** The documents do not name the unit of `since`. */
async function sinceFinding(ask: Ask, whole: Shown): Promise<Finding> {
  const topic = 'since';
  const newest = Math.max(...whole.times);
  const inSeconds = await ask(LIMIT, { since: Math.floor(newest / 1000) });
  if (inSeconds.items.length < whole.items.length) {
    const bound = inSeconds.items.length > 0 ? 'inclusive' : 'exclusive';
    return { topic, verdict: 'ok', says: `is in seconds, as the exporter sends it, and ${bound}` };
  }
  const inMilliseconds = await ask(LIMIT, { since: newest });
  const says =
    inMilliseconds.items.length < whole.items.length
      ? 'is in milliseconds: as the exporter sends seconds, every read returns all events. None is lost'
      : 'is not heeded: every read returns all events. None is lost';
  return { topic, verdict: 'note', says };
}
