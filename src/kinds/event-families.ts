import { type KindName, rowOf } from '../kind-table.ts';
import type { Family } from '../metrics/family.ts';

/** The families that count the events of a kind: ever since the epoch, of late, and when the last one was. */
export interface EventFamilies {
  readonly total: Family;
  readonly recent: Family;
  readonly last: Family;
}

export function eventFamilies(kind: KindName): EventFamilies {
  const prefix = `modelarts_${kind}_`;
  const noun = rowOf(kind).noun;
  return {
    total: {
      name: `${prefix}events_total`,
      type: 'counter',
      help: `${noun} events that occurred since the exporter's epoch.`,
    },
    recent: {
      name: `${prefix}recent_events`,
      type: 'gauge',
      help: `${noun} events that occurred within the configured window.`,
    },
    last: {
      name: `${prefix}last_event_timestamp_seconds`,
      type: 'gauge',
      help: `Unix time of the newest ${noun.toLowerCase()} event.`,
    },
  };
}
