import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ApiObserver, Operation } from '../modelarts/api.ts';
import { retain } from './retain.ts';

/** What the cloud answers when all is well and when it is asked too much, and no answer at all. */
const KNOWN_CODES = ['200', '429', 'error'];

/** A call that is made for a project. */
export interface ProjectOperation {
  readonly project: string;
  readonly operation: Operation;
}

/** What the exporter tells of its requests to the cloud. What comes in late for a project that was removed is dropped. */
export class ApiMetrics {
  readonly #info: Gauge<'project' | 'region' | 'project_id'>;
  readonly #requests: Counter<'project' | 'operation' | 'code'>;
  readonly #duration: Histogram<'operation'>;
  readonly #clockSkew: Gauge<'project'>;
  readonly #infos = new Map<string, { project: string; region: string; project_id: string }>();
  /** The operations whose durations are shown. */
  readonly #timed = new Set<Operation>();
  #projects: ReadonlySet<string> = new Set();

  constructor(registry: Registry) {
    const registers = [registry];
    this.#info = new Gauge({
      name: 'modelarts_project_info',
      help: 'A configured project.',
      labelNames: ['project', 'region', 'project_id'],
      registers,
    });
    this.#requests = new Counter({
      name: 'modelarts_api_requests_total',
      help: 'Requests to the cloud, retries included, by HTTP status or `error` where no answer came.',
      labelNames: ['project', 'operation', 'code'],
      registers,
    });
    this.#duration = new Histogram({
      name: 'modelarts_api_request_duration_seconds',
      help: 'Duration of requests to the cloud.',
      labelNames: ['operation'],
      buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    this.#clockSkew = new Gauge({
      name: 'modelarts_api_clock_skew_seconds',
      help: "The API's Date header less the exporter's clock.",
      labelNames: ['project'],
      registers,
    });
  }

  async configure(projects: readonly string[], operations: readonly ProjectOperation[]): Promise<void> {
    this.#projects = new Set(projects);
    for (const project of this.#infos.keys()) if (!this.#projects.has(project)) this.#infos.delete(project);
    for (const metric of [this.#info, this.#requests, this.#clockSkew])
      await retain(metric, (labels) => this.#projects.has(String(labels['project'])));
    for (const { project, operation } of operations) {
      const codes = operation === 'iam_token' ? ['201', ...KNOWN_CODES] : KNOWN_CODES;
      for (const code of codes) this.#requests.inc({ project, operation, code }, 0);
      // Only once: it would forget what was observed.
      if (!this.#timed.has(operation)) this.#duration.zero({ operation });
      this.#timed.add(operation);
    }
  }

  /** @param projectId as configured or looked up */
  projectInfo(project: string, region: string, projectId: string): void {
    if (!this.#projects.has(project)) return;
    const before = this.#infos.get(project);
    if (before !== undefined) this.#info.remove(before);
    const labels = { project, region, project_id: projectId };
    this.#infos.set(project, labels);
    this.#info.set(labels, 1);
  }

  observer(project: string): ApiObserver {
    return {
      onResponse: (operation, code, seconds) => {
        if (!this.#projects.has(project)) return;
        this.#requests.inc({ project, operation, code: String(code) });
        this.#timed.add(operation);
        this.#duration.observe({ operation }, seconds);
      },
      onClockSkew: (seconds) => {
        if (this.#projects.has(project)) this.#clockSkew.set({ project }, seconds);
      },
    };
  }
}
