import { hostname } from 'node:os';
import type { Alert, AlertProject } from './alerting/alert.ts';
import { AlertBridge } from './alerting/bridge.ts';
import type { CreateAlertmanager } from './alerting/notifier.ts';
import { noticingSteps } from './clock-steps.ts';
import { CloudClocks } from './collection/cloud-clocks.ts';
import { Collector } from './collection/collector.ts';
import { configuredSeries } from './collection/configured-series.ts';
import type { ProjectApi } from './collection/project.ts';
import { Reporter } from './collection/reporter.ts';
import type { Shard } from './collection/shard.ts';
import { TARGET_FAMILIES } from './collection/target-series.ts';
import { type FleetMemory, type TargetMemory, TargetStore } from './collection/target-store.ts';
import { type Unseen, withStart } from './collection/unseen.ts';
import type { Config, ProjectConfig } from './config/config.ts';
import { warnOfDoubts, warnOfRestart } from './config/warnings.ts';
import type { Disk } from './disk.ts';
import type { EventLog } from './event-log/event-log.ts';
import { TOTAL_FAMILIES } from './kinds/kinds.ts';
import type { Logger } from './log.ts';
import { createLoops } from './loops.ts';
import { ProjectTotals } from './metrics/project-totals.ts';
import { Scrapers } from './metrics/scrapers.ts';
import { SelfMetrics } from './metrics/self-metrics.ts';
import { SeriesStore } from './metrics/series-store.ts';
import type { ApiObserver } from './modelarts/api.ts';
import type { Quotas } from './modelarts/quotas.ts';
import { openStateFile } from './state/open-state-file.ts';
import type { LockState } from './state/state-lock.ts';
import type { Timers } from './timers.ts';

export interface ExporterOptions {
  /** Unix milliseconds. */
  readonly clock: () => number;
  /** What the clock is held to, and by which all waits that goes on by itself. */
  readonly timers: Timers;
  /** Where the state file is, and what locks it. */
  readonly disk: Disk;
  readonly lockState: LockState;
  /** Start of the process: events count since then, if no state file knows an earlier start. Unix milliseconds. */
  readonly startedAt: number;
  readonly log: Logger;
  readonly version: string;
  /** The commit that the program was built of, where that is known. */
  readonly revision?: string;
  readonly shard: Shard;
  /** Opens the way to a project's cloud, with what the configuration sets for all projects. */
  readonly createApi: (project: ProjectConfig, config: Config, observer: ApiObserver) => ProjectApi;
  readonly createAlertmanager?: CreateAlertmanager | undefined;
  readonly eventLog?: EventLog | undefined;
  /** Those that `createApi` uses, to be kept in the state file. */
  readonly quotas?: Quotas;
  /** Show metrics of the process too, as it does by default. */
  readonly ofProcess?: boolean;
  /** Use the state file of the configuration; a look at the targets must not. */
  readonly durable: boolean;
}

/** The exporter without its web side: everything between the configuration and what is shown and sent. */
export interface Exporter {
  readonly collector: Collector;
  readonly reporter: Reporter;
  readonly series: SeriesStore;
  readonly scrapers: Scrapers;
  readonly metrics: SelfMetrics;
  readonly config: () => Config;
  /** Alerts that fire. */
  alerts(): readonly Alert[];
  /** When no process of this exporter ran, as far as the state file tells; oldest first. */
  readonly pauses: readonly Unseen[];
  /** Begins what goes on by itself: discovery, collection by timer, the sending of alerts. */
  start(): void;
  /** Takes a new configuration; what needs a restart is logged. */
  configure(config: Config): Promise<void>;
  stop(): Promise<void>;
}

/** @throws UnusableStateFileError */
export async function createExporter(first: Config, options: ExporterOptions): Promise<Exporter> {
  const { startedAt, log, timers, shard, version, revision = 'unknown', eventLog, quotas } = options;
  const { ofProcess = true } = options;
  let config = first;
  let onStep = (_by: number, _now: number) => {};
  const clock = noticingSteps(options.clock, timers, (by, now) => {
    log.warn('the system clock was set; what it had dated in the future is let go', { seconds: by / 1000 });
    onStep(by, now);
  });
  const stateFile = await openState(config, options, clock);
  const before = stateFile?.totals;
  let wake = () => {};
  const bridge = new AlertBridge(bridgeSettings(config), {
    downAfter: (target) => collector.downAfter(target),
    projectDownAfter: () => collector.projectDownAfter(),
    isThrottled: (project) => collector.isThrottled(project),
    onChange: () => wake(),
    provenWithin: () => config.alerting.interval,
    onProjectChange: () => void collector.flush(),
  });
  const scrapers = new Scrapers(timers);
  const firing = () => bridge.active();
  const loads = () => collector.loads();
  let countingSince = stateFile?.countingSince ?? startedAt;
  const events = { countingSince, totals: before?.eventSums ?? [] };
  const totals = new ProjectTotals(TOTAL_FAMILIES, scrapers, { countingSince, totals: before?.sums ?? [] });
  const metrics = new SelfMetrics({
    version,
    revision,
    shard,
    startedAt,
    scrapers,
    events,
    totals,
    firing,
    eventLog,
    loads,
    ofProcess,
  });
  /** Has the series ready that the configuration alone decides on. */
  const showConfigured = async (shown: Config) => {
    const configured = configuredSeries(shown);
    await metrics.configure(configured);
    totals.configure(configured.discoveries, shown.limits.labelValues);
  };
  const tellLoaded = (loaded: Config) => {
    metrics.configLoaded(clock());
    warnOfDoubts(loaded, log);
  };
  await showConfigured(config);
  tellLoaded(config);
  const series = new SeriesStore(TARGET_FAMILIES, scrapers);
  const reporter = new Reporter({ clock, metrics, bridge, eventLog, log });
  const { recent } = reporter;
  quotas?.restore(before?.quotas ?? {});
  scrapers.restore(before?.scrapers ?? []);
  for (const notice of before?.recent ?? []) recent.add(notice);
  const pauses = withStart(before?.pauses ?? [], stateFile?.savedBefore, clock());
  const store = new TargetStore({
    file: stateFile,
    clock,
    bridge,
    eventLog,
    metrics,
    totals,
    recent,
    quotas,
    scrapers,
    pauses,
    log,
  });
  bridge.watchProjects(config.projects.map(alertProject), clock(), before?.projects);
  // What it had dated is judged anew.
  const cloudClocks = new CloudClocks(timers, () => collector.clockStepped(0, clock(), countingSince));
  const createApi = (project: ProjectConfig) => {
    const observer = metrics.api.observer(project.name);
    return options.createApi(project, config, cloudClocks.observing(project.name, observer, options.clock));
  };
  const collector = new Collector(config, {
    clock,
    cloudClocks,
    timers,
    countingSince,
    shard,
    createApi,
    series,
    metrics,
    totals,
    bridge,
    reporter,
    store,
    log,
  });
  const forgetUnused = () => quotas?.retain(config.projects.map(({ name }) => name));
  forgetUnused();
  await collector.flush();

  onStep = (by, now) => {
    // It was started by a clock that was ahead.
    if (countingSince > now) countingSince = Math.min(countingSince + by, now);
    if (stateFile !== undefined) stateFile.countingSince = countingSince;
    collector.clockStepped(by, now, countingSince);
    bridge.clockStepped(by, now);
  };

  const loops = createLoops({
    collector,
    bridge,
    metrics,
    scrapers,
    clock,
    timers,
    log,
    createAlertmanager: options.createAlertmanager,
  });
  wake = () => loops.wake();
  let stopped = false;

  return {
    collector,
    reporter,
    series,
    scrapers,
    metrics,
    config: () => config,
    alerts: () => bridge.active(),
    pauses,
    start() {
      collector.startDiscovery();
      void collector.collect(Number.POSITIVE_INFINITY);
      loops.start(config);
    },
    async configure(next) {
      await loops.stop();
      if (stopped) return;
      warnOfRestart(config, next, log);
      config = next;
      await showConfigured(next);
      if (stopped) return;
      bridge.configure(bridgeSettings(next));
      bridge.watchProjects(next.projects.map(alertProject), clock());
      collector.configure(next);
      forgetUnused();
      tellLoaded(next);
      void collector.collect(Number.POSITIVE_INFINITY);
      loops.start(config);
    },
    async stop() {
      stopped = true;
      bridge.release(clock());
      await loops.stop();
      await collector.stop();
      await eventLog?.close();
      await stateFile?.close();
    },
  };
}

/** Undefined where nothing is to outlast the process. */
function openState({ state }: Config, options: ExporterOptions, clock: () => number) {
  if (!options.durable || state.file === '') return undefined;
  const { disk, lockState, startedAt, log } = options;
  const holder = `process ${process.pid} on ${hostname()}`;
  return openStateFile<TargetMemory, FleetMemory>(state.file, {
    disk,
    lockState,
    holder,
    startedAt,
    clock,
    log,
  });
}

function bridgeSettings({ alerting, links }: Config) {
  return { ...alerting, grafanaUrl: links.grafana };
}

function alertProject({ name, region }: ProjectConfig): AlertProject {
  return { project: name, region };
}
