import { ApiError, saysNotThere } from '../../modelarts/errors.ts';
import { isObject, type JsonObject, listOf, nameOf, objectOf, present, wholeNumber } from '../decode.ts';
import { idOf, lowerCaseOf, messageOf } from '../listed-values.ts';
import type { ReadRequest } from '../reading.ts';

/** What is asked of one service alone, from "ShowInferService"; nothing of its configuration, which may hold secrets. */
export interface ServiceDetail {
  /** Lower-case, as are the types. */
  readonly status?: string;
  readonly failureReason?: string;
  readonly name?: string;
  readonly version?: string;
  readonly type?: string;
  readonly deployType?: string;
  readonly deployments: readonly Deployment[];
}

export interface Deployment {
  /** Undefined for those that stand for the rest, behind the first ones. */
  readonly name?: string;
  readonly version?: string;
  readonly pool?: string;
  /** Instances. */
  readonly wanted?: number;
  readonly running?: number;
  /** Share of the traffic, 0 to 1. */
  readonly traffic?: number;
}

/** Each has series of its own. */
const DEPLOYMENTS_MAX = 50;

/** @returns undefined where ModelArts does not tell: in some regions the call may not exist yet */
export async function readDetail({ api, id }: ReadRequest): Promise<ServiceDetail | undefined> {
  try {
    const path = `services/${encodeURIComponent(id)}`;
    const body = await api.request({ operation: 'show_inference_service', version: 'v2', path });
    if (!isObject(body)) throw new ApiError('malformed', 'show_inference_service: response is no object');
    return decode(body);
  } catch (error) {
    if (saysNotThere(error)) return undefined;
    throw error;
  }
}

function decode(body: JsonObject): ServiceDetail {
  const version = objectOf(body['version']);
  return {
    ...present({
      status: lowerCaseOf(body['status']),
      failureReason: messageOf(body['failure_reason']),
      name: nameOf(body['name']),
      version: nameOf(version['version']),
      type: lowerCaseOf(body['type']),
      deployType: lowerCaseOf(body['deploy_type']),
    }),
    deployments: listOf(version['instance_groups'])
      .filter(isObject)
      .slice(0, DEPLOYMENTS_MAX)
      .map(decodeDeployment),
  };
}

function decodeDeployment(group: JsonObject): Deployment {
  const weight = wholeNumber(group['weight']);
  return present({
    name: idOf(group['name']) ?? idOf(group['infer_name']) ?? idOf(group['id']),
    version: nameOf(group['version']),
    pool: nameOf(group['pool_id']),
    wanted: wholeNumber(group['count']),
    running: wholeNumber(group['running_count']),
    traffic: percentage(group['traffic_ratio']) ?? (weight === undefined ? undefined : weight / 100),
  });
}

/** "12.50%" as 0.125. */
function percentage(value: unknown): number | undefined {
  const text = typeof value === 'string' ? /^(\d{1,3}(?:\.\d+)?)%$/.exec(value)?.[1] : undefined;
  return text === undefined ? undefined : Number(text) / 100;
}
