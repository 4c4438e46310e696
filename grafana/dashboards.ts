import type { PortableDashboard } from './dashboard.ts';
import { inferenceServiceDashboard } from './inference-service.ts';
import { overview } from './overview.ts';
import { poolDashboard } from './pool.ts';
import { serviceDashboard } from './service.ts';
import { trainingEfficiency } from './training-efficiency.ts';
import { trainingJobDashboard } from './training-job.ts';

/** Every dashboard by the name of its file in grafana/dashboards/, without the extension. */
export function dashboards(): ReadonlyMap<string, PortableDashboard> {
  return new Map([
    ['modelarts-overview', overview()],
    ['modelarts-service', serviceDashboard()],
    ['modelarts-inference-service', inferenceServiceDashboard()],
    ['modelarts-training-job', trainingJobDashboard()],
    ['modelarts-pool', poolDashboard()],
    ['modelarts-training-efficiency', trainingEfficiency()],
  ]);
}
