import type { Config } from '../src/config/config.ts';
import { type KindName, perKind } from '../src/kind-table.ts';
import { configOf } from '../test/configuration.ts';

export const PROJECT = '0123456789abcdef0123456789abcdef';
/** When everything is measured: an hour after the last thing that happened to the fleet. */
export const NOW = Date.parse('2026-03-02T12:00:00Z');

/** How many targets there are of each kind; of one that is left out, none. */
export type Mix = Readonly<Partial<Record<KindName, number>>>;

/** A fleet of so many targets: six services to three training jobs to one pool. */
export function fleetOf(targets: number): Mix {
  const pool = Math.floor(targets / 10);
  const training_job = Math.floor((3 * targets) / 10);
  return { service: targets - training_job - pool, training_job, pool };
}

/** The id of each target of a kind. */
export function idsOf(kind: KindName, { [kind]: count = 0 }: Mix): string[] {
  return Array.from({ length: count }, (_, index) => {
    const number = String(index).padStart(12, '0');
    return kind === 'pool' ? `pool-00000000000000000000${number}` : `6f5da086-876d-4cd0-84d3-${number}`;
  });
}

export function nameOf(kind: KindName, index: number): string {
  return `the-${kind.replace('_', '-')}-${index}`;
}

export interface FleetSettings {
  readonly endpoint: string;
  readonly concurrency: number;
}

/** A configuration of one project with the fleet as its listed targets, and no limit that would be felt. */
export function fleetConfig(mix: Mix, { endpoint, concurrency }: FleetSettings): Config {
  const file = {
    api: { concurrency, rate_limit: 10_000, retries: 0 },
    projects: [
      {
        name: 'prod',
        region: 'cn-north-4',
        project_id: PROJECT,
        endpoint,
        iam_endpoint: endpoint,
        auth: { token: 'token' },
      },
    ],
  };
  const config = configOf(file);
  const targets = perKind((kind) =>
    idsOf(kind, mix).map((id, index) => ({ id, name: nameOf(kind, index), extras: [] })),
  );
  return { ...config, projects: config.projects.map((project) => ({ ...project, targets })) };
}

/** Path and query that read what is new of a target, as the exporter asks it in the steady state. */
export function eventsPath(kind: KindName, id: string): string {
  const since = NOW - 3_900_000;
  switch (kind) {
    case 'service':
      return `/v1/${PROJECT}/services/${id}/events?start_time=${since}&offset=0&limit=1000&sort_by=occur_time&order=asc`;
    case 'inference_service':
      return `/v2/${PROJECT}/services/${id}/events?limit=100&offset=0&sort_key=update_at&sort_dir=DESC`;
    case 'training_job':
      return `/v2/${PROJECT}/training-jobs/${id}/events?start_time=${since}&end_time=${NOW + 600_000}&offset=0&limit=100&order=asc`;
    case 'pool':
      return `/v1/${PROJECT}/events?resource=pools&name=${id}&limit=500&since=${since / 1000}`;
  }
}
