import type { NotifierObserver } from '../../src/alerting/send-loop.ts';
import type { AlertmanagerConfig } from '../../src/config/config.ts';
import type { Logger } from '../../src/log.ts';

/** A logger that keeps its lines. */
export function recordingLogger(): Logger & { readonly lines: string[] } {
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
  const observer: NotifierObserver = {
    onSent: (name, alerts, at) => {
      sent[name] = (sent[name] ?? 0) + alerts;
      successes[name] = at;
    },
    onError: (name) => {
      errors[name] = (errors[name] ?? 0) + 1;
    },
  };
  return { ...observer, sent, errors, successes };
}

export function alertmanagerAt(url: string, extra: Partial<AlertmanagerConfig> = {}): AlertmanagerConfig {
  return { url, timeout: 5_000, tls: { insecureSkipVerify: false }, ...extra };
}
