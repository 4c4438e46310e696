import type { Alert } from '../../src/alerting/alert.ts';
import type { NoticeView } from '../../src/collection/notice-view.ts';
import type { TargetView } from '../../src/collection/target-view.ts';
import type { Detail } from '../../src/kinds/detail.ts';
import { isProblem } from '../../src/kinds/event.ts';
import type { Family } from '../../src/metrics/family.ts';
import { targetLines } from '../../src/metrics/lines.ts';
import { covers, type Scope } from '../../src/metrics/scope.ts';
import { Scrapers } from '../../src/metrics/scrapers.ts';
import { SelfMetrics } from '../../src/metrics/self-metrics.ts';
import { SeriesStore } from '../../src/metrics/series-store.ts';
import type { TargetKey } from '../../src/target-key.ts';
import { systemTimers } from '../../src/timers.ts';
import { type Listening, listen } from '../../src/web/access/listen.ts';
import { type AppOptions, createApp } from '../../src/web/app.ts';
import type { Backend, NoticeFilter, ReloadResult } from '../../src/web/backend.ts';
import type { History } from '../../src/web/pages/timeline.ts';
import type { Link } from '../../src/web/target-links.ts';

const UP: Family = {
  name: 'modelarts_target_up',
  type: 'gauge',
  help: 'Whether the last refresh worked.',
};

export const SERVICE: TargetView = {
  project: 'prod',
  region: 'cn-north-4',
  kind: 'service',
  id: 's1',
  name: 'Recommender',
  origin: 'configured',
  deleted: false,
  standing: undefined,
  problemHours: [],
  up: true,
  lastAttempt: 1_700_000_000_000,
  lastSuccess: 1_700_000_000_000,
  duration: 0.25,
  error: undefined,
  recent: { normal: 3, abnormal: 1 },
};
export const POOL: TargetView = {
  ...SERVICE,
  project: 'dev',
  kind: 'pool',
  id: 'pool-1',
  name: undefined,
  origin: 'discovered',
  up: false,
  lastSuccess: undefined,
  error: { reason: 'forbidden', message: 'pool_events: 403' },
  recent: {},
};

export const NOTICE: NoticeView = {
  at: 1_700_000_000_123,
  severity: 'warning',
  project: 'prod',
  region: 'cn-north-4',
  kind: 'service',
  id: 's1',
  name: 'Recommender',
  fields: { event_type: 'abnormal' },
  message: 'Pulling image failed.',
};

/** An alert that fires. */
export const ALERT: Alert = {
  labels: {},
  annotations: {},
  severity: 'warning',
  startsAt: 0,
  endsAt: undefined,
  generatorUrl: undefined,
};

/** A backend with two targets that remembers what was asked of it. */
export class FakeBackend implements Backend {
  view: TargetView[] = [SERVICE, POOL];
  shown: NoticeView[] = [NOTICE];
  firing: Alert[] = [];
  isReady = true;
  failing: ReturnType<Backend['failingListings']> = [];
  reloadResult: ReloadResult = { ok: true };
  config: unknown = { projects: [{ name: 'prod', auth: { token: '<secret>' } }] };
  /** What a scrape or probe waits for. */
  refresh: () => Promise<void> = async () => {};
  details: Detail = { tables: [] };
  history: History = { standings: [], nodes: [], unseen: [], moments: [] };
  elsewhere: readonly Link[] = [];
  now = 1_700_000_060_000;
  readonly deadlines: number[] = [];
  readonly scraped: string[][] = [];
  readonly filters: [NoticeFilter, number][] = [];
  reloads = 0;

  about() {
    return { version: '1.2.3', startedAt: 1_699_990_000_000 };
  }
  clock(): number {
    return this.now;
  }
  detail(key: TargetKey): Detail | undefined {
    return this.#knows(key) ? this.details : undefined;
  }
  course(key: TargetKey): History | undefined {
    return this.#knows(key) ? this.history : undefined;
  }
  links(): readonly Link[] {
    return this.elsewhere;
  }
  projects(): readonly string[] {
    return ['prod', 'dev'];
  }
  targets(): readonly TargetView[] {
    return this.view;
  }
  target(key: TargetKey): TargetView | undefined {
    return this.view.find(
      ({ project, kind, id }) => project === key.project && kind === key.kind && id === key.id,
    );
  }
  notices(filter: NoticeFilter, limit: number): readonly NoticeView[] {
    this.filters.push([filter, limit]);
    const { project, kind, id, problem } = filter;
    return this.shown
      .filter(
        (notice) =>
          (project === undefined || notice.project === project) &&
          (kind === undefined || notice.kind === kind) &&
          (id === undefined || notice.id === id) &&
          (problem === undefined || isProblem(notice) === problem),
      )
      .slice(0, limit);
  }
  alerts(): readonly Alert[] {
    return this.firing;
  }
  ready(): boolean {
    return this.isReady;
  }

  failingListings(): ReturnType<Backend['failingListings']> {
    return this.failing;
  }
  timeoutOffset(): number {
    return 500;
  }
  async scrape(deadline: number, scope: Scope): Promise<void> {
    this.deadlines.push(deadline);
    this.scraped.push(this.view.filter((key) => covers(scope, key)).map(({ id }) => id));
    await this.refresh();
  }
  revealCounters(): void {}

  async reload(): Promise<ReloadResult> {
    this.reloads += 1;
    return this.reloadResult;
  }
  redactedConfig(): unknown {
    return this.config;
  }

  #knows(key: TargetKey): boolean {
    return this.view.some(
      ({ project, kind, id }) => project === key.project && kind === key.kind && id === key.id,
    );
  }
}

export interface Site {
  readonly backend: FakeBackend;
  readonly store: SeriesStore;
  readonly url: string;
  readonly errors: unknown[];
  readonly listening: Listening;
}

/** The web application on a port of its own. */
export async function site(options: Partial<AppOptions> & { webConfigFile?: string } = {}): Promise<Site> {
  const backend = new FakeBackend();
  const store = new SeriesStore([UP]);
  for (const { project, kind, id, up } of backend.view) {
    const { sink, lines } = targetLines({ project, kind, target: id });
    sink(UP, {}, up ? 1 : 0);
    store.put({ project, kind, id }, lines());
  }
  const scrapers = new Scrapers({ now: () => 0 });
  const self = new SelfMetrics({
    version: '1.2.3',
    shard: { index: 0, count: 1 },
    startedAt: 0,
    scrapers,
    firing: () => [],
    loads: () => [],
  });
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const app = createApp({ backend, store, self, scrapers, enableLifecycle: true, onError, ...options });
  const { webConfigFile } = options;
  const listening = await listen(app, {
    addresses: [{ host: '127.0.0.1', port: 0 }],
    onError,
    timers: systemTimers,
    ...(webConfigFile === undefined ? {} : { webConfigFile }),
  });
  return { backend, store, url: listening.urls[0] ?? '', errors, listening };
}
