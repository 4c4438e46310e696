import type { AlertmanagerConfig } from '../../src/config/config.ts';
import type { Logger } from '../../src/log.ts';
import type { AlertmanagerObserver } from '../../src/metrics/alertmanager-metrics.ts';

/** A log that keeps its lines. */
export function recordingLog(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const log = (level: string) => (message: string, fields?: object) => {
    lines.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
  };
  return { lines, debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}

export function recordingObserver() {
  const sent: Record<string, number> = {};
  const errors: Record<string, number> = {};
  const successes: Record<string, number> = {};
  /** Durations in seconds. */
  const requests: Record<string, number[]> = {};
  const observerOf = (name: string): AlertmanagerObserver => ({
    onSent: (alerts, at) => {
      sent[name] = (sent[name] ?? 0) + alerts;
      successes[name] = at;
    },
    onError: () => {
      errors[name] = (errors[name] ?? 0) + 1;
    },
    onRequest: (seconds) => {
      requests[name] = [...(requests[name] ?? []), seconds];
    },
  });
  return { observerOf, sent, errors, successes, requests };
}

export function alertmanagerAt(url: string, extra: Partial<AlertmanagerConfig> = {}): AlertmanagerConfig {
  return { url, timeout: 5_000, tls: { insecureSkipVerify: false }, ...extra };
}
