import { BAD_ITEMS } from '../simulator-kit/faults/bad-item.ts';
import type { Fault, WrongShape } from '../simulator-kit/faults/fault.ts';

/** What goes wrong, and what the exporter makes of it. */
export interface Case {
  readonly name: string;
  readonly fault: Fault;
  /** Played over HTTP too: what connections suffer, and one of each way in which an answer is wrong. */
  readonly isOnWire?: boolean;
  /** Over HTTP the client waits until its timeout. */
  readonly isSlow?: boolean;
  /** Undefined: the refresh works. */
  readonly reason?: string;
  /** Of `modelarts_malformed_events_total`. */
  readonly malformed?: boolean;
}

const SHAPES: readonly WrongShape[] = [
  'list_is_object',
  'list_is_null',
  'list_is_missing',
  'list_is_string',
  'top_is_null',
  'top_is_array',
  'top_is_string',
];

export const CASES: readonly Case[] = [
  { name: 'a little latency', fault: { kind: 'latency', ms: 20 }, isOnWire: true },
  {
    name: 'latency beyond the timeout',
    fault: { kind: 'latency', ms: 60_000 },
    reason: 'timeout',
    isSlow: true,
    isOnWire: true,
  },
  { name: 'no answer', fault: { kind: 'hang' }, reason: 'timeout', isSlow: true, isOnWire: true },
  { name: 'a connection reset', fault: { kind: 'reset' }, reason: 'network', isOnWire: true },
  { name: 'half an answer', fault: { kind: 'cut' }, reason: 'network', isOnWire: true },
  { name: 'a page', fault: { kind: 'not_json' }, reason: 'malformed', isOnWire: true },
  { name: 'half of a JSON text', fault: { kind: 'truncated_json' }, reason: 'malformed' },
  { name: 'a huge answer', fault: { kind: 'huge', bytes: 1_000_000 }, reason: 'malformed', isOnWire: true },
  { name: 'a gzip bomb', fault: { kind: 'gzip_bomb', bytes: 200_000 }, reason: 'malformed', isOnWire: true },
  { name: '429', fault: { kind: 'throttled' }, reason: 'throttled' },
  { name: '429 with Retry-After', fault: { kind: 'throttled', retryAfter: 60 }, reason: 'throttled' },
  ...Object.entries({
    400: 'other',
    401: 'auth',
    403: 'forbidden',
    404: 'not_found',
    408: 'timeout',
    418: 'other',
    500: 'server',
    502: 'server',
    503: 'server',
    504: 'timeout',
  }).map(([status, reason]) => ({
    name: `status ${status}`,
    fault: { kind: 'status', status: Number(status) } as const,
    reason,
    isOnWire: ['401', '503'].includes(status),
  })),
  ...SHAPES.map((shape) => ({
    name: shape,
    fault: { kind: 'wrong_shape', shape } as const,
    reason: 'malformed',
  })),
  ...BAD_ITEMS.map((item) => ({
    name: `bad item: ${item}`,
    fault: { kind: 'bad_item', item } as const,
    malformed: true,
  })),
];

/** A case without sockets, or over HTTP. */
export interface Played extends Case {
  readonly way: 'inside' | 'over HTTP';
  /** Its place among all cases, from 0. */
  readonly serial: number;
}

/** What waits begins first. */
export const PLAYED: readonly Played[] = [
  ...CASES.filter(({ isOnWire }) => isOnWire)
    .toSorted((a, b) => Number(b.isSlow ?? false) - Number(a.isSlow ?? false))
    .map((given, serial) => ({ ...given, way: 'over HTTP' as const, serial })),
  ...CASES.map((given, serial) => ({ ...given, way: 'inside' as const, serial })),
];

/** Milliseconds. Where nobody waits for it, a busy machine must not reach it. */
export const timeoutOf = ({ isSlow = false }: Case) => (isSlow ? 10_000 : 60_000);
