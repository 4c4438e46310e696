import { Scrapers } from '../../src/metrics/scrapers.ts';
import { SelfMetrics } from '../../src/metrics/self-metrics.ts';

/** The exporter's own metrics when everything has happened once: one without series is not exposed. */
export async function ownExposition(): Promise<string> {
  const project = 'prod';
  const kind = { project, kind: 'service' } as const;
  const alertmanager = 'http://alertmanager:9093';
  const self = new SelfMetrics({
    version: '1.0.0',
    shard: { index: 0, count: 1 },
    startedAt: 0,
    scrapers: new Scrapers({ now: () => 0 }),
    firing: () => [{ severity: 'warning', labels: { project, alertname: 'ModelArtsTargetDown' } }],
    loads: () => [{ project, rateLimit: 20, throttledSeconds: 0, waiting: 0, longestWait: 0 }],
  });
  await self.configure({
    projects: [project],
    kinds: [kind],
    discoveries: [kind],
    operations: [],
    alertmanagers: [alertmanager],
  });
  self.api.projectInfo(project, 'cn-north-4', '0123');
  self.api.observer(project).onResponse('service_events', 200, 0.1);
  self.api.observer(project).onClockSkew(0);
  self.reads.discovered(kind, 1, 0);
  self.alertmanagers.observer(alertmanager).onSent(1, 0);
  self.alertmanagers.observer(alertmanager).onRequest(0.1);
  self.configLoaded(0);
  return self.text('text');
}
