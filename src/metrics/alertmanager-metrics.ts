import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Told of what becomes of the alerts sent to one Alertmanager. */
export interface AlertmanagerObserver {
  /** @param at when it answered, in Unix milliseconds */
  onSent(alerts: number, at: number): void;
  onError(): void;
  /** A request has ended, whatever came of it. */
  onRequest(seconds: number): void;
}

const labelNames = ['alertmanager'] as const;

/** What becomes of the alerts that are sent, by Alertmanager. Series exist while the Alertmanager is configured. */
export class AlertmanagerMetrics {
  readonly #sent: Counter<'alertmanager'>;
  readonly #errors: Counter<'alertmanager'>;
  readonly #success: Gauge<'alertmanager'>;
  readonly #duration: Histogram<'alertmanager'>;
  /** URLs without credentials. */
  #configured: ReadonlySet<string> = new Set();

  constructor(registry: Registry) {
    const shared = { labelNames, registers: [registry] };
    this.#sent = new Counter({
      name: 'modelarts_alertmanager_alerts_sent_total',
      help: 'Alerts that the Alertmanager took.',
      ...shared,
    });
    this.#errors = new Counter({
      name: 'modelarts_alertmanager_errors_total',
      help: 'Requests to the Alertmanager that failed.',
      ...shared,
    });
    this.#success = new Gauge({
      name: 'modelarts_alertmanager_last_success_timestamp_seconds',
      help: 'When the Alertmanager last took alerts.',
      ...shared,
    });
    this.#duration = new Histogram({
      name: 'modelarts_alertmanager_request_duration_seconds',
      help: 'Duration of requests to the Alertmanager.',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      ...shared,
    });
  }

  /** @param urls as configured; credentials in them are not shown */
  configure(urls: readonly string[]): void {
    const before = this.#configured;
    this.#configured = new Set(urls.map(withoutCredentials));
    for (const alertmanager of before) {
      if (this.#configured.has(alertmanager)) continue;
      for (const metric of [this.#sent, this.#errors, this.#success, this.#duration])
        metric.remove({ alertmanager });
    }
    for (const alertmanager of this.#configured) {
      this.#sent.inc({ alertmanager }, 0);
      this.#errors.inc({ alertmanager }, 0);
      // Only once: it would forget what was observed.
      if (!before.has(alertmanager)) this.#duration.zero({ alertmanager });
    }
  }

  /** What comes in late for one that is no longer configured is dropped. */
  observer(url: string): AlertmanagerObserver {
    const alertmanager = withoutCredentials(url);
    const isConfigured = () => this.#configured.has(alertmanager);
    return {
      onSent: (alerts, at) => {
        if (!isConfigured()) return;
        this.#sent.inc({ alertmanager }, alerts);
        this.#success.set({ alertmanager }, at / 1000);
      },
      onError: () => {
        if (isConfigured()) this.#errors.inc({ alertmanager });
      },
      onRequest: (seconds) => {
        if (isConfigured()) this.#duration.observe({ alertmanager }, seconds);
      },
    };
  }
}

function withoutCredentials(url: string): string {
  const parsed = new URL(url);
  parsed.username = '';
  parsed.password = '';
  return parsed.href.replace(/\/$/, '');
}
