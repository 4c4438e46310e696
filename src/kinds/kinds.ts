import type { KindName } from '../kind-table.ts';
import type { TotalFamily } from '../metrics/family.ts';
import { inferenceService } from './inference-service/inference-service.ts';
import type { Kind } from './kind.ts';
import { pool } from './pool/pool.ts';
import { service } from './service/service.ts';
import { trainingJob } from './training-job/training-job.ts';

/** Every kind of target. What is special about one is known to its folder alone, so its types end here. */
export const KINDS: Readonly<Record<KindName, Kind<unknown, unknown, unknown>>> = {
  service,
  inference_service: inferenceService,
  training_job: trainingJob,
  pool,
};

/** What the targets of each kind add up to in their project. */
export const TOTAL_FAMILIES: Readonly<Partial<Record<KindName, readonly TotalFamily[]>>> = Object.fromEntries(
  Object.values(KINDS).flatMap(({ name, totals }) => (totals === undefined ? [] : [[name, totals.families]])),
);
