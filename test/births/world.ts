import { KIND_NAMES, type KindName } from '../../src/kind-table.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import { PROJECT } from '../configuration.ts';
import { countEvents, countUpdates } from '../simulator-kit/ground-truth.ts';

export const PROJECTS = { prod: PROJECT, dev: 'fedcba9876543210fedcba9876543210' } as const;
/** Of each kind; the first is there from the beginning. */
export const TARGETS = [
  { project: 'prod', id: 'first' },
  { project: 'prod', id: 'second' },
  { project: 'dev', id: 'third' },
] as const;
const CLASSES: Readonly<Record<KindName, readonly string[]>> = {
  service: ['event_type'],
  inference_service: ['event_type'],
  training_job: ['level', 'source'],
  pool: ['type', 'reason'],
};
const PROBLEMS: readonly unknown[] = ['abnormal', 'warning', 'error'];
const START = Date.parse('2026-01-10T12:00:00.123Z');

/** What has counted how often, by the name and the labels that tell it. */
export interface Count {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly count: number;
}

/** A cloud in which things happen, and its time. */
export class World {
  now = START;
  readonly cloud = new Cloud();
  #texts = 0;

  constructor() {
    for (const [name, id] of Object.entries(PROJECTS)) this.cloud.addProject({ id, name });
    for (const kind of KIND_NAMES) this.#come(kind, 0);
  }

  /** No time has passed. */
  get isNew(): boolean {
    return this.now === START;
  }

  happen(kind: KindName, index: number, what: number): void {
    this.#come(kind, index);
    const id = idOf(kind, index);
    const text = `text ${this.#texts++}`;
    const { cloud, now } = this;
    if (kind === 'service') {
      cloud.addServiceEvent(id, {
        occur_time: now,
        event_type: what % 2 === 0 ? 'abnormal' : 'normal',
        event_info: text,
      });
    } else if (kind === 'inference_service') {
      const event_type = ['ABNORMAL', 'NORMAL', 'WARNING', 'NORMAL'][what] ?? 'NORMAL';
      cloud.addInferenceEvent(id, { at: now, event_type, event_info: text, count: what + 1 });
    } else if (kind === 'training_job') {
      const [level = '', source = ''] =
        ['Error job', 'Info k8s', 'Warning task', 'Info task'][what]?.split(' ') ?? [];
      cloud.addJobEvent(id, { time: now, level, source, message: text });
    } else {
      const type = what === 0 ? 'Normal' : 'Warning';
      cloud.addPoolEvent(id, {
        type,
        reason: `Reason${what}`,
        message: text,
        firstTimestamp: now,
        count: what + 1,
      });
    }
  }

  update(index: number, result: 'SUCCESS' | 'FAIL'): void {
    // The update records are read when there are new events.
    this.happen('service', index, 1);
    this.cloud.addUpdateRecord(idOf('service', index), { update_time: this.now, result, config: [] });
  }

  #come(kind: KindName, index: number): void {
    const { cloud } = this;
    const project = PROJECTS[TARGETS[index]?.project ?? 'prod'];
    const id = idOf(kind, index);
    const inside = cloud.projects.find((each) => each.id === project);
    if (kind === 'service' && !inside?.services.has(id)) cloud.addService(project, { service_id: id });
    if (kind === 'inference_service' && !inside?.inferenceServices.has(id)) {
      cloud.addInferenceService(project, { id });
    }
    if (kind === 'training_job' && !inside?.jobs.has(id)) cloud.addJob(project, { id, create_time: START });
    if (kind === 'pool' && !inside?.pools.has(id)) cloud.addPool(project, { name: id });
  }

  /** All that has counted since the start. */
  truth(): Count[] {
    const nameOf = (id: string) => Object.entries(PROJECTS).find(([, each]) => each === id)?.[0] ?? '';
    const events = countEvents(this.cloud, START).map(({ kind, project, target, classes, count }) => ({
      name: `modelarts_${kind}_events_total`,
      labels: {
        project: nameOf(project),
        kind,
        target,
        ...Object.fromEntries(CLASSES[kind].map((label, index) => [label, classes[index] ?? ''])),
      },
      count,
    }));
    const totals = events.map(({ name: _, labels: { project, kind, target: _id, ...classes }, count }) => ({
      name: 'modelarts_events_total',
      labels: {
        project,
        kind,
        problem: String(Object.values(classes).some((each) => PROBLEMS.includes(each))),
      },
      count,
    }));
    const updates = [...countUpdates(this.cloud, START)].flatMap(([target, results]) =>
      Object.entries(results).map(([result, count]) => ({
        name: 'modelarts_service_updates_total',
        labels: { project: target.includes('third') ? 'dev' : 'prod', kind: 'service', target, result },
        count,
      })),
    );
    return [...events, ...totals, ...updates];
  }
}

function idOf(kind: KindName, index: number): string {
  return `${TARGETS[index]?.id}-${kind}`;
}
