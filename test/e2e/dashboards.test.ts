import { readFileSync } from 'node:fs';
import { expect, vi } from 'vitest';
import { type KindName, rowOf } from '../../src/kind-table.ts';
import type { Cloud } from '../../src/simulator/cloud.ts';
import { startDemo } from '../../src/simulator/world/demo.ts';
import { dashboardFiles } from '../grafana/dashboard-files.ts';
import { queriesOf } from '../grafana/queries.ts';
import { WAIT } from '../patience.ts';
import { testWith } from '../programs.ts';
import { countEvents } from '../simulator-kit/ground-truth.ts';
import { BuiltBinary, folderWith } from './built-binary.ts';
import { RealPrometheus } from './real-prometheus.ts';

/** Where the labels of the event counters stand among the classes of an event. */
const CLASSES: Readonly<Record<string, number>> = { event_type: 0, level: 0, source: 1, type: 0, reason: 1 };
/** Its parts: the label, how replicas become one, the series and the kind. */
const EVENTS_PER_MINUTE =
  /60 \* sum by \((\w+)\) \((max by \([^()]*\)) \(rate\((modelarts_(\w+?)_events_total\{[^{}]*)\}/;
/** The dashboards show the results of updates as numbers, from 1. */
const RESULTS = ['SUCCESS', 'RUNNING', 'FAIL'];
const SUCCESS = 1;

const RULES = readFileSync(new URL('../../prometheus/alerts.yml', import.meta.url), 'utf8');
/** Short, as the demo is. */
const CHOSEN = { __rate_interval: '20s', __interval: '5s', __range: '2m' };

testWith('prometheus')(
  'every query of every dashboard finds data on a fresh demo, counts the events that happened, and the rules evaluate',
  async () => {
    const demo = await startDemo({ now: Date.now, speed: 60 });
    try {
      await using folder = await folderWith({ 'config.yaml': demo.configYaml });
      await using exporter = new BuiltBinary(
        ['--config.file=config.yaml', '--web.listen-address=127.0.0.1:0'],
        {
          cwd: folder.path,
        },
      );
      const { host } = new URL(await exporter.url());
      await using prometheus = await RealPrometheus.scraping(host, { interval: '5s', rules: RULES });
      const queries = dashboardFiles().flatMap((dashboard) => queriesOf(dashboard, CHOSEN));
      expect(queries.length).toBeGreaterThan(50);
      const waiting = new Map(queries.map((query) => [query.where, query.expression]));
      await vi.waitFor(
        async () => {
          for (const [where, expression] of waiting) {
            if ((await prometheus.query(expression)).length > 0) waiting.delete(where);
          }
          expect([...waiting]).toEqual([]);
        },
        { ...WAIT, interval: 1_000 },
      );
      demo.pause();
      const since = await epochOf(host);
      for (const { expression } of queries) {
        const [, label = '', replicas, series, kind] = EVENTS_PER_MINUTE.exec(expression) ?? [];
        if (kind === undefined) continue;
        const truth = new Map<string, { least: number; most: number }>();
        const targets = new Set<string>();
        for (const { classes, count, countMax, target, ...event } of countEvents(
          demo.simulator.cloud,
          since,
        )) {
          const value = classes[CLASSES[label] ?? 0] ?? '';
          if (event.kind !== kind) continue;
          const { least, most } = truth.get(value) ?? { least: 0, most: 0 };
          truth.set(value, { least: least + count, most: most + countMax });
          targets.add(target);
        }
        expect(truth.size).toBeGreaterThan(0);
        // A rate is estimated; what it is the rate of is to be as exact as the API is.
        // Of what the cloud has deleted the exporter still knows the events for a while.
        const existing = `${rowOf(kind as KindName).labels.id}=~"${[...targets].join('|')}"`;
        const counted = `sum by (${label}) (${replicas} (${series},${existing}}))`;
        await vi.waitFor(
          async () => {
            const found = await prometheus.query(counted);
            const shown = new Map(
              found.map(({ metric, value: [, count] }) => [metric[label] ?? '', Number(count)]),
            );
            for (const [value, { least, most }] of truth) {
              const count = shown.get(value) ?? 0;
              const nearest = Math.min(Math.max(count, least), most);
              expect([counted, value, count]).toEqual([counted, value, nearest]);
            }
          },
          { ...WAIT, interval: 1_000 },
        );
      }
      const results = queries.find(({ where }) => where.includes(' / Results of service updates / '));
      const truth = newestResults(demo.simulator.cloud);
      expect(truth.size).toBeGreaterThan(0);
      await vi.waitFor(
        async () => {
          const found = await prometheus.query(results?.expression ?? '');
          const shown = new Map(found.map(({ metric, value }) => [metric['service_id'], Number(value[1])]));
          // A success is shown only where the time range has something else before it.
          for (const [service, result] of truth) {
            const unseen = result === SUCCESS ? result : 'not shown';
            expect([service, shown.get(service) ?? unseen]).toEqual([service, result]);
          }
        },
        { ...WAIT, interval: 1_000 },
      );
      const rules = (await (await fetch(`${prometheus.url}/api/v1/rules`)).json()) as {
        data: { groups: { rules: { name: string; health: string; lastError?: string }[] }[] };
      };
      const faulty = rules.data.groups.flatMap((group) =>
        group.rules.filter(({ health }) => health !== 'ok'),
      );
      expect(faulty).toEqual([]);
      expect(prometheus.complaints).toEqual([]);
    } finally {
      await demo.close();
    }
  },
);

/** The number of the newest update's result of each service that has one. */
function newestResults(cloud: Cloud): ReadonlyMap<string, number> {
  const services = cloud.projects.flatMap((project) => [...project.services.values()]);
  return new Map(
    services.flatMap(({ service_id, logs }) => {
      const [newest] = logs.toSorted((a, b) => b.update_time - a.update_time);
      return newest === undefined ? [] : [[service_id, RESULTS.indexOf(newest.result) + 1] as const];
    }),
  );
}

/** Since when an exporter counts, in Unix milliseconds. */
async function epochOf(host: string): Promise<number> {
  const headers = { accept: 'application/openmetrics-text; version=1.0.0' };
  const text = await (await fetch(`http://${host}/metrics`, { headers })).text();
  return Number(/^modelarts_events_created\{.*\} (.*)$/m.exec(text)?.[1]) * 1000;
}
