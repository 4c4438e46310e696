import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testWith } from '../programs.ts';
import { EXPOSED_METRICS } from '../prometheus/exposed-metrics.ts';
import { legendLabels, unknownNames } from '../prometheus/promql.ts';
import { promtool } from '../prometheus/promtool.ts';
import { dashboardFiles } from './dashboard-files.ts';
import { queriesOf } from './queries.ts';

const queries = dashboardFiles().flatMap((dashboard) => queriesOf(dashboard));

/** Values for labels of open sets, where one of no meaning would not do. */
const SAMPLES: Readonly<Record<string, readonly string[]>> = {
  le: ['1', '+Inf'],
  code: ['200', '429'],
  alertname: ['ModelArtsThrottled'],
};

/** Every combination of label values, in the notation of a selector. */
function combinations(labels: Readonly<Record<string, readonly string[] | undefined>>): string[] {
  return Object.entries(labels).reduce<string[]>(
    (all, [label, values = SAMPLES[label] ?? ['any']]) =>
      all.flatMap((one) => values.map((value) => `${one},${label}="${value}"`)),
    ['job="modelarts"'],
  );
}

/** What two exporters that read the same targets expose, each metric with all its label values. No target has ended. */
function replicas() {
  return [...EXPOSED_METRICS].flatMap(([metric, labels]) =>
    combinations(labels)
      .filter((all) => !all.includes('outlook="ended"'))
      .flatMap((all) =>
        ['a', 'b'].map((instance) => ({
          series: `${metric}{${all},instance="${instance}"}`,
          // Queries may leave out what has gained nothing.
          values: /_(total|bucket|sum|count)$/.test(metric) ? '0+1x10' : '1x10',
        })),
      ),
  );
}

testWith('promtool')(
  'Prometheus evaluates every query, and each finds something in what two exporters expose',
  async () => {
    const rules = queries.map(({ expression }, index) => ({ record: `query:${index}`, expr: expression }));
    const found = queries.map((_, index) => ({
      expr: `absent(query:${index})`,
      eval_time: '10m',
      exp_samples: [],
    }));
    const directory = await mkdtemp(join(tmpdir(), 'modelarts-queries-'));
    const write = (name: string, content: unknown) =>
      writeFile(join(directory, name), JSON.stringify(content));
    try {
      await write('rules.yml', { groups: [{ name: 'queries', rules }] });
      await write('test.yml', {
        rule_files: ['rules.yml'],
        evaluation_interval: '1m',
        tests: [{ interval: '1m', input_series: replicas(), promql_expr_test: found }],
      });
      await promtool('test', 'rules', join(directory, 'test.yml'));
    } finally {
      await rm(directory, { recursive: true });
    }
  },
);

test.each(queries)('$where asks for what the exporter exposes', ({ expression, legend }) => {
  expect(unknownNames(expression, EXPOSED_METRICS)).toEqual([]);
  for (const label of legendLabels(legend)) expect(expression).toMatch(new RegExp(`\\b${label}\\b`));
});

test('every metric of a target is shown somewhere', () => {
  const shown = queries.map(({ expression }) => expression).join('\n');
  const metrics = [...EXPOSED_METRICS.keys()].filter((name) =>
    /^modelarts_(service|inference_service|training_job|pool|target)_/.test(name),
  );
  expect(metrics.filter((name) => !shown.includes(name))).toEqual([]);
});
