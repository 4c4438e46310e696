import type {
  InferenceEvent,
  InferencePodEvent,
  InferenceService,
  Job,
  JobEvent,
  NewInferenceEvent,
  NewPoolEvent,
  Pool,
  PoolEvent,
  Project,
  ScheduledEvent,
  Service,
  ServiceEvent,
  UpdateRecord,
} from './model.ts';
import { type NewInferenceService, newInferenceService, newJob, newPool, newService } from './new-targets.ts';
import { wholeSecond } from './wire-time.ts';

/**
 * The simulated cloud's content, and the handles to change it. Looking up an id that does not exist
 * throws: it is a mistake in the test, never an answer of the API.
 */
export class Cloud {
  readonly projects: Project[] = [];

  addProject(project: { id: string; name: string; domain_id?: string }): Project {
    const added: Project = {
      domain_id: 'd0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0',
      ...project,
      services: new Map(),
      inferenceServices: new Map(),
      jobs: new Map(),
      pools: new Map(),
      scheduledEvents: [],
    };
    this.projects.push(added);
    return added;
  }

  addService(projectId: string, service: Partial<Service> & { service_id: string }): Service {
    const project = this.project(projectId);
    const added = newService(project.domain_id, service);
    project.services.set(added.service_id, added);
    return added;
  }

  addInferenceService(projectId: string, service: NewInferenceService): InferenceService {
    const added = newInferenceService(service);
    this.project(projectId).inferenceServices.set(added.id, added);
    return added;
  }

  addJob(projectId: string, job: Partial<Job> & { id: string }): Job {
    const added = newJob(job);
    this.project(projectId).jobs.set(added.id, added);
    return added;
  }

  addPool(projectId: string, pool: Partial<Pool> & { name: string }): Pool {
    const added = newPool(pool);
    this.project(projectId).pools.set(added.name, added);
    return added;
  }

  /** The event returned may be changed in place: its state and its times. */
  addScheduledEvent(projectId: string, event: Partial<ScheduledEvent> & { id: string }): ScheduledEvent {
    const added: ScheduledEvent = {
      catalog: 'hardware',
      type: 'node_reboot',
      state: 'inquiring',
      description: '',
      instanceType: 'standard',
      nodeName: 'node-1',
      poolName: undefined,
      publishTime: 0,
      notBefore: undefined,
      startTime: undefined,
      finishTime: undefined,
      ...event,
    };
    this.project(projectId).scheduledEvents.push(added);
    return added;
  }

  removeService(id: string): void {
    for (const project of this.projects) project.services.delete(id);
  }

  removeInferenceService(id: string): void {
    for (const project of this.projects) project.inferenceServices.delete(id);
  }

  removeJob(id: string): void {
    for (const project of this.projects) project.jobs.delete(id);
  }

  removePool(name: string): void {
    for (const project of this.projects) project.pools.delete(name);
  }

  addServiceEvent(serviceId: string, event: ServiceEvent): void {
    this.service(serviceId).events.push(event);
  }

  /** The event returned is the one to hand to `repeatInferenceEvent`. */
  addInferenceEvent(serviceId: string, event: NewInferenceEvent): InferenceEvent {
    const { events, version } = this.inferenceService(serviceId);
    const { at, count = 1, ...rest } = event;
    const added: InferenceEvent = {
      id: `event-${serviceId}-${events.length}`,
      service_version_id: version,
      event_info_cn: event.event_info,
      ...rest,
      create_at: at,
      update_at: at,
      event_count: count,
      occurrences: Array.from({ length: count }, () => at),
    };
    events.push(added);
    return added;
  }

  /** The same event happened again, `by` times at `at`. */
  repeatInferenceEvent(event: InferenceEvent, at: number, by = 1): void {
    event.update_at = at;
    event.event_count += by;
    for (let i = 0; i < by; i += 1) event.occurrences.push(at);
  }

  /** The event returned may be changed in place: its count and its last time. */
  addInferencePodEvent(
    serviceId: string,
    deployment: string,
    { at, ...event }: Pick<InferencePodEvent, 'type' | 'reason' | 'message'> & { at: number },
  ): InferencePodEvent {
    const { deployments } = this.inferenceService(serviceId);
    const { podEvents } = present(
      deployments.find(({ name }) => name === deployment),
      'deployments',
      deployment,
    );
    const instant = wholeSecond(at);
    const added = { ...event, first_timestamp: instant, last_timestamp: instant, count: 1 };
    podEvents.push(added);
    return added;
  }

  setInferenceStatus(serviceId: string, status: string, at: number): void {
    const service = this.inferenceService(serviceId);
    service.status = status;
    service.update_at = at;
  }

  /** The record returned may be changed in place: RUNNING becomes SUCCESS or FAIL. */
  addUpdateRecord(serviceId: string, record: UpdateRecord): UpdateRecord {
    this.service(serviceId).logs.push(record);
    return record;
  }

  setServiceStatus(serviceId: string, status: string, at: number): void {
    const service = this.service(serviceId);
    service.status = status;
    service.transition_at = at;
  }

  /** The time loses its milliseconds, as on the wire. */
  addJobEvent(jobId: string, event: JobEvent): void {
    this.job(jobId).events.push({ ...event, time: wholeSecond(event.time) });
  }

  /** The record returned is the one to hand to `growPoolEvent`. */
  addPoolEvent(poolName: string, event: NewPoolEvent): PoolEvent {
    const first = wholeSecond(event.firstTimestamp);
    const last = wholeSecond(event.lastTimestamp ?? event.firstTimestamp);
    const count = event.count ?? 1;
    const added: PoolEvent = {
      ...event,
      firstTimestamp: first,
      lastTimestamp: last,
      count,
      occurrences: Array.from({ length: count }, (_, i) => (i === 0 ? first : last)),
    };
    this.pool(poolName).events.push(added);
    return added;
  }

  /** The same event happened again, `by` times at `at`. */
  growPoolEvent(event: PoolEvent, at: number, by = 1): void {
    event.lastTimestamp = wholeSecond(at);
    event.count += by;
    for (let i = 0; i < by; i += 1) event.occurrences.push(event.lastTimestamp);
  }

  project(id: string): Project {
    return present(
      this.projects.find((project) => project.id === id),
      'projects',
      id,
    );
  }

  service(id: string): Service {
    return this.#find('services', id);
  }

  inferenceService(id: string): InferenceService {
    return this.#find('inferenceServices', id);
  }

  job(id: string): Job {
    return this.#find('jobs', id);
  }

  pool(name: string): Pool {
    return this.#find('pools', name);
  }

  #find<K extends Targets>(targets: K, id: string): Found<K> {
    const projects = this.projects.filter((project) => project[targets].has(id));
    return present(projects[0]?.[targets].get(id) as Found<K> | undefined, targets, id);
  }
}

type Targets = 'services' | 'inferenceServices' | 'jobs' | 'pools';
type Found<K extends Targets> = Project[K] extends Map<string, infer T> ? T : never;

function present<T>(value: T | undefined, what: string, id: string): T {
  if (value === undefined) throw new Error(`the simulated cloud has nothing of id ${id} among its ${what}`);
  return value;
}
