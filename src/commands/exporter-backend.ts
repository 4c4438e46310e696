import { LiveView } from '../collection/live-view.ts';
import type { Target } from '../collection/target.ts';
import type { Exporter } from '../exporter.ts';
import { isProblem } from '../kinds/event.ts';
import { covers, isTarget } from '../metrics/scope.ts';
import type { TargetKey } from '../target-key.ts';
import type { Backend, ReloadResult } from '../web/backend.ts';
import { targetLinks } from '../web/target-links.ts';
import { abandonOnAbort } from './abandon-on-abort.ts';
import type { Runtime } from './runtime.ts';

/** A scrape does not wait for a disk that is slow. Milliseconds. */
const REMEMBERED_WITHIN = 1_000;

/** What the web shows of an exporter, and how it sets it going. */
export function exporterBackend(
  exporter: Exporter,
  { version, startedAt, clock, ending }: Pick<Runtime, 'version' | 'startedAt' | 'clock' | 'ending'>,
  reload: () => Promise<ReloadResult>,
): Backend {
  const { collector, metrics, reporter } = exporter;
  const unlessEnding = abandonOnAbort(ending);
  /** One for as long as a target is there, so that what is made of it can be kept with it. */
  const views = new WeakMap<Target, LiveView>();
  const viewOf = (target: Target) => {
    const view = views.get(target) ?? new LiveView(target, clock);
    views.set(target, view);
    return view;
  };
  return {
    about: () => ({ version, startedAt }),
    clock,
    projects: () => exporter.config().projects.map(({ name }) => name),
    target(key) {
      const target = collector.find(key);
      return target === undefined ? undefined : viewOf(target);
    },
    targets: () => collector.targets().map(viewOf),
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
    course(key) {
      const target = collector.find(key);
      if (target === undefined) return undefined;
      const course = target.chronicle.course();
      const moments = target.kind.showing.moments(target.state);
      return { ...course, moments, unseen: [...exporter.pauses, ...course.unseen] };
    },
    links(target) {
      const { links, projects } = exporter.config();
      const projectId = projects.find(({ name }) => name === target.project)?.projectId;
      return targetLinks(links, target, projectId);
    },
    ready: () => collector.ready(),
    failingListings: () => collector.failingListings(),
    timeoutOffset: () => exporter.config().collection.timeoutOffset,
    async scrape(deadline, scope, isNewcomer = false) {
      const remembered = isNewcomer
        ? collector.saveSoon(Math.min(deadline, REMEMBERED_WITHIN))
        : Promise.resolve(true);
      const which = isTarget(scope) ? scope : (key: TargetKey) => covers(scope, key);
      // With the background schedule a timer does the reading, and a scrape shows what there is.
      if (exporter.config().collection.schedule === 'scrape') {
        const complete = await unlessEnding(collector.collect(deadline, which));
        if (!complete) metrics.scrapePartial();
      }
      await unlessEnding(remembered);
      collector.moveWindows(which);
    },
    revealCounters: (scope) => collector.revealCounters(scope),
    reload,
    redactedConfig: () => exporter.config().shown(),
  };
}
