import { ApiError, saysNotThere } from '../../modelarts/errors.ts';
import {
  contentKey,
  decodePage,
  isObject,
  type JsonObject,
  nameOf,
  oneOf,
  textOf,
  wholeNumber,
} from '../decode.ts';
import type { Sighting } from '../event.ts';
import type { Admit, ReadRequest } from '../reading.ts';
import { instantOf } from './times.ts';

export const POD_EVENT_TYPES = ['normal', 'warning'] as const;

/** A Kubernetes event of a pod, from "ListInferDeploymentPodEvents". */
export interface PodEvent {
  readonly deployment: string;
  readonly type: (typeof POD_EVENT_TYPES)[number] | 'other';
  readonly reason: string;
  readonly message: string;
}

/**
 * Reads the events of all pods of one deployment: one request, as the API cuts no pages. Rows name neither a pod nor an
 * id, so an event is its content; equal rows are as many events.
 */
export async function readPodEvents(
  { api, id, now }: ReadRequest,
  deployment: string,
  admit: Admit<PodEvent>,
): Promise<void> {
  let body: unknown;
  try {
    const name = encodeURIComponent(deployment);
    body = await api.request({
      operation: 'inference_service_pod_events',
      version: 'v2',
      path: `services/${encodeURIComponent(id)}/deployments/${name}/instances/all/pods/all/events`,
    });
  } catch (error) {
    // The deployment has ended meanwhile, or it has no pods.
    if (saysNotThere(error)) return;
    throw error;
  }
  // The SDK has a bare list; that it is wrapped as all other lists are can't be ruled out.
  const items = isObject(body) ? (body['events'] ?? body['data'] ?? []) : (body ?? []);
  if (!Array.isArray(items))
    throw new ApiError('malformed', 'inference_service_pod_events: no list of events');
  admit(decodePage(items, undefined, (item) => decode(item, deployment, now)));
}

function decode(item: JsonObject, deployment: string, now: number): Sighting<PodEvent> | undefined {
  const type = item['type'];
  const reason = item['reason'] ?? '';
  const message = textOf(item['message']);
  const first = instantOf(item['first_timestamp'] ?? item['last_timestamp'], now);
  const last = instantOf(item['last_timestamp'] ?? item['first_timestamp'], now);
  const count = wholeNumber(item['count'] ?? 1);
  if (typeof type !== 'string' || typeof reason !== 'string' || message === undefined) return undefined;
  if (first === undefined || last === undefined || count === undefined) return undefined;
  return {
    key: contentKey(['pod', deployment, type.toLowerCase(), reason, message, first]),
    event: { deployment, type: oneOf(POD_EVENT_TYPES, type), reason: nameOf(reason) ?? 'other', message },
    first,
    last: Math.max(first, last),
    count: Math.max(1, count),
  };
}
