import { Gauge, type Registry } from 'prom-client';
import type { Severity } from '../config/config.ts';

/** What the metrics tell of an alert that fires. */
export interface FiringAlert {
  readonly severity: Severity;
  /** Among them `project` and `alertname`. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Adds the metrics that count the alerts whenever the metrics are shown. */
export function addAlertMetrics(registry: Registry, firing: () => readonly FiringAlert[]): void {
  const registers = [registry];
  new Gauge({
    name: 'modelarts_active_alerts',
    help: 'Alerts that are firing.',
    labelNames: ['severity'],
    registers,
    collect() {
      this.set({ severity: 'warning' }, 0);
      this.set({ severity: 'critical' }, 0);
      for (const { severity } of firing()) this.inc({ severity });
    },
  });
  new Gauge({
    name: 'modelarts_project_active_alerts',
    help: 'Alerts of a project that are firing, by name; no series where none is.',
    labelNames: ['project', 'alertname', 'severity'],
    registers,
    collect() {
      this.reset();
      for (const { severity, labels } of firing())
        this.inc({ project: labels['project'] ?? '', alertname: labels['alertname'] ?? '', severity });
    },
  });
}
