import type { Cloud } from '../cloud.ts';
import type { Arrival } from '../gateway.ts';
import type { Project } from '../model.ts';

/** A request that the gateway let through. */
export interface Call extends Arrival {
  readonly cloud: Cloud;
  readonly project: Project;
}
