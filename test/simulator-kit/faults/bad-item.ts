import type { Operation } from '../../../src/modelarts/api.ts';
import { chinaSeconds, utcSeconds } from '../../../src/simulator/wire-time.ts';

/** How an item fails to be an event. */
export type BadItem = 'no_time' | 'far_future' | 'no_offset' | 'type_not_string' | 'not_an_object';

export const BAD_ITEMS: readonly BadItem[] = [
  'no_time',
  'far_future',
  'no_offset',
  'type_not_string',
  'not_an_object',
];

const FAR = 10 * 365 * 86_400_000;

/** The field of an operation's body that holds its items. */
export const LIST_FIELDS: Readonly<Partial<Record<Operation, string>>> = {
  service_events: 'events',
  service_update_logs: 'logs',
  training_job_events: 'events',
  pool_events: 'items',
  inference_service_events: 'data',
  list_inference_services: 'data',
  list_services: 'services',
  list_training_jobs: 'items',
  list_pools: 'items',
  list_scheduled_events: 'events',
  iam_projects: 'projects',
};

/** An item as `operation` would give it, but for one flaw. */
export function makeBadItem(operation: Operation, flaw: BadItem, now: number): unknown {
  if (flaw === 'not_an_object') return null;
  const at = flaw === 'far_future' ? now + FAR : now;
  const text = `flawed item: ${flaw}`;
  const item = template(operation, at, flaw === 'type_not_string' ? 42 : undefined, text);
  if (item === undefined) return { flawed: text };
  for (const name of item.times) {
    if (flaw === 'no_time') delete item.fields[name];
    if (flaw === 'no_offset') item.fields[name] = utcSeconds(at).replace('Z', '');
  }
  return item.fields;
}

interface Template {
  readonly fields: Record<string, unknown>;
  readonly times: readonly string[];
}

function template(
  operation: Operation,
  at: number,
  type: number | undefined,
  text: string,
): Template | undefined {
  switch (operation) {
    case 'service_events':
      return {
        fields: { event_type: type ?? 'abnormal', event_info: text, occur_time: at },
        times: ['occur_time'],
      };
    case 'service_update_logs':
      return { fields: { result: type ?? 'FAIL', update_time: at, config: [] }, times: ['update_time'] };
    case 'training_job_events':
      return {
        fields: { time: chinaSeconds(at), level: type ?? 'Error', message: text, source: 'Job' },
        times: ['time'],
      };
    case 'pool_events':
      return {
        fields: {
          kind: 'Event',
          apiVersion: 'v1',
          type: type ?? 'Warning',
          firstTimestamp: utcSeconds(at),
          lastTimestamp: utcSeconds(at),
          count: 1,
          reason: 'PoolStatusChange',
          message: text,
        },
        times: ['firstTimestamp', 'lastTimestamp'],
      };
    default:
      return undefined;
  }
}
