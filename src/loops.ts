import type { AlertBridge } from './alerting/bridge.ts';
import { type CreateAlertmanager, type Notifier, startNotifier } from './alerting/notifier.ts';
import type { Collector } from './collection/collector.ts';
import { createRefreshBudget } from './collection/refresh-budget.ts';
import { repeatEvery, type Stop } from './collection/repeat.ts';
import type { Config } from './config/config.ts';
import type { Logger } from './log.ts';
import { LOOK_INTERVAL, type Scrapers } from './metrics/scrapers.ts';
import type { SelfMetrics } from './metrics/self-metrics.ts';
import type { Timers } from './timers.ts';

export interface LoopsOptions {
  readonly collector: Collector;
  readonly bridge: AlertBridge;
  readonly metrics: SelfMetrics;
  readonly scrapers: Pick<Scrapers, 'look'>;
  readonly clock: () => number;
  readonly timers: Timers;
  readonly log: Logger;
  readonly createAlertmanager: CreateAlertmanager | undefined;
}

/** What goes on by itself: collection by timer, what time alone does to alerts, and their sending. */
export interface Loops {
  start(config: Config): void;
  stop(): Promise<void>;
  /** There is something to send. */
  wake(): void;
}

/**
 * Between two looks at what time alone changes, such as alerts that end by quiet and targets that are down: so many
 * milliseconds, or so many looks per interval, whichever is rarer.
 */
const TICK_MIN = 2_000;
const TICKS_PER_INTERVAL = 15;

export function createLoops({
  collector,
  bridge,
  metrics,
  scrapers,
  clock,
  timers,
  log,
  ...rest
}: LoopsOptions): Loops {
  let repeated: Stop[] = [];
  let notifier: Notifier | undefined;
  return {
    start({ alerting, collection }) {
      const isAlerting = alerting.alertmanagers.length > 0;
      const collect = () => void collector.collect(Number.POSITIVE_INFINITY);
      if (collection.schedule === 'background')
        repeated.push(collectSteadily(collector, collection.minInterval, timers));
      else if (isAlerting) repeated.push(repeatEvery(alerting.interval, collect, timers));
      const tick = Math.max(TICK_MIN, alerting.interval / TICKS_PER_INTERVAL);
      repeated.push(repeatEvery(tick, () => bridge.tick(clock()), timers));
      repeated.push(repeatEvery(LOOK_INTERVAL, () => scrapers.look(), timers));
      if (!isAlerting) return;
      notifier = startNotifier({
        ...alerting,
        since: (revision) => bridge.since(revision),
        clock,
        ...rest,
        timers,
        log,
        observerOf: (url) => metrics.alertmanagers.observer(url),
      });
    },
    async stop() {
      for (const stop of repeated) stop();
      repeated = [];
      await notifier?.stop();
      notifier = undefined;
    },
    wake: () => notifier?.wake(),
  };
}

/** Spreads the reads evenly over the interval, also where the wall clock stands still. */
function collectSteadily(collector: Collector, interval: number, timers: Timers): Stop {
  const budget = createRefreshBudget(interval);
  let before = timers.now();
  const begin = () => {
    const now = timers.now();
    collector.begin(budget, now - before);
    before = now;
  };
  return repeatEvery(budget.tick, begin, timers);
}
