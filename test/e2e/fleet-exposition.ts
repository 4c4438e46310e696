import { EXPOSED_METRICS } from '../prometheus/exposed-metrics.ts';

/** How many targets there are of each kind, by the label that has their ids: 2,000 in all. */
const FLEET = { service_id: 1_000, inference_service_id: 300, training_job_id: 500, pool: 200 } as const;
const KIND_OF = {
  service_id: 'service',
  inference_service_id: 'inference_service',
  training_job_id: 'training_job',
  pool: 'pool',
} as const;
type Id = keyof typeof FLEET;

const PROJECTS = Array.from({ length: 10 }, (_, index) => `project-${index}`);
/** Of labels with an open set of values there are as many as a busy target has. */
const OPEN: Readonly<Record<string, readonly string[]>> = {
  project: PROJECTS,
  reason: Array.from({ length: 50 }, (_, index) => `Reason${index}`),
  worker: ['worker-0', 'worker-1'],
  alertname: ['ModelArtsTargetDown', 'ModelArtsServiceFailed'],
  code: ['200', '429'],
  le: ['1', '+Inf'],
};
/** Closed sets of which a target is in one state. */
const STATES = ['status', 'outlook', 'result', 'phase'];

type Labels = Readonly<Record<string, string>>;

/** One target of each kind, as the dashboards of one target choose it. */
export const CHOSEN = Object.fromEntries(
  Object.values(KIND_OF).map((kind) => [kind, `${kind}-7`]),
) as Readonly<Record<string, string>>;

function targets(id: Id): Labels[] {
  const kind = KIND_OF[id];
  return Array.from({ length: FLEET[id] }, (_, index) => ({
    project: PROJECTS[index % PROJECTS.length] ?? '',
    [id]: `${kind}-${index}`,
    [`${id.replace(/_id$/, '')}_name`]: `name-${index}`,
    kind,
    target: `${kind}-${index}`,
    target_name: `name-${index}`,
  }));
}

const TARGETS = new Map((Object.keys(FLEET) as Id[]).map((id) => [id, targets(id)]));

/** What the series of a metric are about: the targets of a kind or of all, or nothing. */
function subjects(names: readonly string[]): readonly Labels[] {
  if (names.includes('target')) return [...TARGETS.values()].flat();
  const id = (Object.keys(FLEET) as Id[]).find((one) => names.includes(one));
  return (id && TARGETS.get(id)) ?? [{}];
}

/**
 * What an exporter exposes that watches 2,000 targets in ten projects.
 * @param grown the value of every counter
 */
export function fleetExposition(grown: number): string {
  const lines: string[] = [];
  for (const [metric, labels] of EXPOSED_METRICS) {
    if (metric === 'ALERTS' || metric === 'up') continue;
    const names = Object.keys(labels);
    for (const [index, subject] of subjects(names).entries()) {
      for (const series of combinations(labels, subject, index)) {
        const text = Object.entries(series).map(([name, value]) => `${name}="${value}"`);
        lines.push(`${metric}{${text.join(',')}} ${sampleOf(metric, grown, index)}`);
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

function combinations(
  labels: Readonly<Record<string, readonly string[] | undefined>>,
  subject: Labels,
  index: number,
): Labels[] {
  return Object.entries(labels).reduce<Labels[]>(
    (all, [name, closed]) => {
      const own = subject[name];
      const values = own === undefined ? (closed ?? OPEN[name] ?? ['any']) : [own];
      const current =
        STATES.includes(name) && 'target' in subject ? [values[index % values.length] ?? ''] : values;
      return all.flatMap((one) => current.map((value) => ({ ...one, [name]: value })));
    },
    [{}],
  );
}

function sampleOf(metric: string, grown: number, index: number): number {
  if (/_(total|bucket|sum|count)$/.test(metric)) return grown + index;
  if (metric.endsWith('_timestamp_seconds')) return Math.floor(Date.now() / 1000) - 60 - index;
  return 1;
}
