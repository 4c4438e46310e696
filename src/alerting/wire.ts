import type { Alert } from './alert.ts';

/** An alert as Alertmanager's API v2 takes it (POST /api/v2/alerts). */
export interface PostableAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
}

/** Without word from the exporter, Alertmanager takes a firing alert for resolved after so many intervals. */
const INTERVALS_AHEAD = 4;

/**
 * Makes an alert postable.
 * @param now by the clock of who takes it, in Unix milliseconds
 * @param resendInterval milliseconds
 */
export function toPostable(alert: Alert, now: number, resendInterval: number): PostableAlert {
  // The API's clock may be ahead of ours, and Alertmanager takes no alert that ends before it starts.
  const startsAt = Math.min(alert.startsAt, now);
  const endsAt =
    alert.endsAt === undefined ? now + INTERVALS_AHEAD * resendInterval : Math.min(alert.endsAt, now);
  return {
    labels: alert.labels,
    annotations: alert.annotations,
    startsAt: new Date(startsAt).toISOString(),
    endsAt: new Date(endsAt).toISOString(),
    ...(alert.generatorUrl === undefined ? {} : { generatorURL: alert.generatorUrl }),
  };
}
