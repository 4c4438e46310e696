import { expect, test } from 'vitest';
import { EXPOSED_METRICS } from '../prometheus/exposed-metrics.ts';
import { JOB, POOL, PROJECT, parseSamples, runExporter, SERVICE } from './running-exporter.ts';

const NOW = Date.UTC(2026, 0, 10, 12);

/** By the pool on which a job has run, or the reason of what has happened to a pod: nobody knows these before. */
const LATE: ReadonlySet<string> = new Set([
  'modelarts_training_interruptions_total',
  'modelarts_training_node_seconds_total',
  'modelarts_training_lost_node_seconds_total',
  'modelarts_inference_service_pod_events_total',
]);

/** Every set of values of the closed sets. */
function combinations(labels: Readonly<Record<string, readonly string[] | undefined>>): string[][] {
  return Object.entries(labels).reduce<string[][]>(
    (sets, [label, values = []]) =>
      values.length === 0
        ? sets
        : sets.flatMap((set) => values.map((value) => [...set, `${label}="${value}"`])),
    [[]],
  );
}

test('every counter exists from the start, with 0 for all that can be known of its labels', async () => {
  const on = { enabled: true };
  const discovery = { services: on, inference_services: on, training_jobs: on, pools: on };
  const alerting = { alertmanagers: [{ url: 'http://127.0.0.1:1' }] };
  const { cloud, poll, seriesText, exporter } = await runExporter(
    { project: { discovery }, alerting },
    { now: NOW },
  );
  cloud.addService(PROJECT, { service_id: SERVICE });
  cloud.addInferenceService(PROJECT, { id: 'inference' });
  cloud.addJob(PROJECT, { id: JOB });
  cloud.addPool(PROJECT, { name: POOL });
  await exporter.collector.discover();
  const atStart = await exporter.metrics.text('text');
  await poll();
  const text = atStart + seriesText();
  const samples = [...parseSamples(text)];
  const counters = [...text.matchAll(/^# TYPE (modelarts_\w+) (counter|histogram)$/gm)];
  expect(counters.length).toBeGreaterThan(10);
  for (const [, name = '', type] of counters) {
    const labels = EXPOSED_METRICS.get(name) ?? EXPOSED_METRICS.get(`${name}_count`) ?? {};
    for (const set of combinations(labels)) {
      const sample = type === 'histogram' ? `${name}_count` : name;
      const isOfSet = (series: string) =>
        series.replace(/\{.*/, '') === sample && set.every((label) => series.includes(label));
      const found = samples.filter(([series]) => isOfSet(series));
      expect([name, ...set, found.length > 0]).toEqual([name, ...set, true]);
    }
  }
  // A metric without any series tells not even its type.
  const missing = [...EXPOSED_METRICS.keys()].filter(
    (name) =>
      /^modelarts_\w+_total$/.test(name) && !LATE.has(name) && !text.includes(`# TYPE ${name} counter`),
  );
  expect(missing).toEqual([]);
  for (const operation of ['service_events', 'service_update_logs', 'training_job_events', 'pool_events']) {
    for (const code of ['200', '429', 'error']) {
      expect(atStart).toContain(
        `modelarts_api_requests_total{project="prod",operation="${operation}",code="${code}"} 0\n`,
      );
    }
  }
});
