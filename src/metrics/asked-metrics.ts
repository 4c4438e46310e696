import { Counter, Gauge, type Registry } from 'prom-client';
import { addAlertMetrics, type FiringAlert } from './alert-metrics.ts';

/** How a project keeps up with its targets. */
export interface ProjectLoad {
  readonly project: string;
  /** Requests per second in force. */
  readonly rateLimit: number;
  readonly throttledSeconds: number;
  /** Refreshes that are due and wait for their turn. */
  readonly waiting: number;
  /** Seconds since the target that waits longest became due; 0 where none waits. */
  readonly longestWait: number;
}

/** Whom to ask whenever the metrics are shown. */
export interface Asked {
  readonly firing: () => readonly FiringAlert[];
  /** Lines of the event log that wait, and those that were lost. */
  readonly eventLog?: { readonly pending: number; readonly lost: number } | undefined;
  readonly loads: () => readonly ProjectLoad[];
}

/** Adds the metrics that nobody tells of, but that are asked for whenever the metrics are shown. */
export function addAskedMetrics(registry: Registry, { firing, eventLog, loads }: Asked): void {
  const registers = [registry];
  addAlertMetrics(registry, firing);
  const projectGauge = (name: string, help: string, sample: (load: ProjectLoad) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['project'],
      registers,
      collect() {
        this.reset();
        for (const load of loads()) this.set({ project: load.project }, sample(load));
      },
    });
  projectGauge(
    'modelarts_api_rate_limit',
    'Requests per second in force: as configured, or less where the API granted less.',
    ({ rateLimit }) => rateLimit,
  );
  projectGauge(
    'modelarts_refresh_queue_length',
    'Targets that are due and wait for their turn.',
    ({ waiting }) => waiting,
  );
  projectGauge(
    'modelarts_oldest_due_target_age_seconds',
    'For how long the target that waits longest for its turn has been due; 0 where none waits.',
    ({ longestWait }) => longestWait,
  );
  new Gauge({
    name: 'modelarts_exporter_event_log_pending_lines',
    help: 'Lines of the event log that wait to be written.',
    registers,
    collect() {
      this.set(eventLog?.pending ?? 0);
    },
  });
  new Counter({
    name: 'modelarts_exporter_event_log_lost_lines_total',
    help: 'Lines of the event log that were lost because nothing took them for too long.',
    registers,
    collect() {
      this.reset();
      this.inc(eventLog?.lost ?? 0);
    },
  });
  new Counter({
    name: 'modelarts_api_throttled_seconds_total',
    help: 'Time that requests waited for the quota of the API, or for the end of a pause after a 429.',
    labelNames: ['project'],
    registers,
    collect() {
      this.reset();
      for (const { project, throttledSeconds } of loads()) this.inc({ project }, throttledSeconds);
    },
  });
}
