import type { Target } from '../collection/target.ts';
import type { TargetView } from '../collection/view.ts';
import type { Exporter } from '../exporter.ts';
import { isProblem } from '../kinds/event.ts';
import type { Backend, ReloadResult } from '../web/backend.ts';
import type { Runtime } from './runtime.ts';

/** The exporter as its web side sees it. */
export function exporterBackend(
  exporter: Exporter,
  { version, startedAt, clock, ending }: Pick<Runtime, 'version' | 'startedAt' | 'clock' | 'ending'>,
  reload: () => Promise<ReloadResult>,
): Backend {
  const { collector, metrics, reporter } = exporter;
  const orEnding = ender(ending);
  return {
    about: () => ({ version, startedAt }),
    now: clock,
    projects: () => exporter.config().projects.map(({ name }) => name),
    targets: () => collector.targets().map((target) => viewOf(target, clock())),
    notices: (filter, limit) =>
      reporter.recent.list(
        (notice) =>
          notice.project === (filter.project ?? notice.project) &&
          notice.kind === (filter.kind ?? notice.kind) &&
          notice.id === (filter.id ?? notice.id) &&
          isProblem(notice) === (filter.problem ?? isProblem(notice)),
        limit,
      ),
    alerts: () => exporter.alerts(),
    detail(key) {
      const target = collector.find(key);
      return target?.kind.showing.detail(target.state);
    },
    ready: () => collector.ready(),
    timeoutOffset: () => exporter.config().collection.timeoutOffset,
    async scrape(deadline, select) {
      // On the background schedule a scrape shows what there is.
      if (exporter.config().collection.schedule === 'scrape') {
        const complete = await orEnding(collector.collect(deadline, select));
        if (!complete) metrics.scrapePartial();
      }
      collector.moveWindows();
    },
    async probe(key, deadline) {
      if (collector.find(key) === undefined) return false;
      await this.scrape(deadline, ({ project, kind, id }) => {
        return project === key.project && kind === key.kind && id === key.id;
      });
      return true;
    },
    revealCounters: () => collector.revealCounters(),
    reload,
    redactedConfig: () => exporter.config().shown(),
  };
}

/** Makes what waits for work end with false as soon as the process is asked to end. */
function ender(ending: AbortSignal): (work: Promise<boolean>) => Promise<boolean> {
  const waiting = new Set<() => void>();
  // One listener for all: Node.js takes many on one signal for a leak.
  const endAll = () => {
    for (const giveUp of waiting) giveUp();
  };
  ending.addEventListener('abort', endAll, { once: true });
  return (work) =>
    new Promise((resolve, reject) => {
      const giveUp = () => resolve(false);
      if (ending.aborted) giveUp();
      waiting.add(giveUp);
      work.then(resolve, reject).finally(() => waiting.delete(giveUp));
    });
}

function viewOf(target: Target, now: number): TargetView {
  const { up, lastAttempt, lastSuccess, duration, error } = target.health;
  return {
    ...target.description,
    origin: target.origin,
    deleted: target.deleted,
    up,
    lastAttempt,
    lastSuccess,
    duration,
    error:
      error === undefined || target.deleted ? undefined : { reason: error.reason, message: error.message },
    recent: Object.fromEntries(target.tally.recent(now)),
  };
}
