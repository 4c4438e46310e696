import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { testWith } from '../programs.ts';
import { promtool } from '../prometheus/promtool.ts';
import { dashboardFiles } from './dashboard-files.ts';
import { queriesOf } from './queries.ts';

/** Two replicas hold two alerts in prod and five in dev; the rules see one of them too, and three that the bridge has not. */
const SERIES = {
  ...Object.fromEntries(
    ['a', 'b'].flatMap((instance) => [
      [`modelarts_exporter_shard_info{job="m",instance="${instance}",shard="0",shards="1"}`, 1],
      [`modelarts_project_info{job="m",instance="${instance}",project="prod"}`, 1],
      [bridge('prod', 'ModelArtsTargetDown', instance), 2],
      [bridge('dev', 'ModelArtsPoolAbnormal', instance), 5],
    ]),
  ),
  [rule('ModelArtsTargetDown', 'warning', ',project="prod"')]: 1,
  [rule('ModelArtsThrottled', 'warning', ',project="prod"')]: 1,
  [rule('ModelArtsThrottled', 'warning', ',project="dev"')]: 1,
  [rule('ModelArtsExporterDown', 'warning')]: 1,
  [rule('ModelArtsBridgeDelivers', 'none', ',project="prod"')]: 1,
  [rule('SomethingElse', 'warning', ',project="prod"')]: 1,
};

function bridge(project: string, alertname: string, instance: string): string {
  return `modelarts_project_active_alerts{job="m",instance="${instance}",project="${project}",alertname="${alertname}",severity="warning"}`;
}

function rule(alertname: string, severity: string, more = ''): string {
  return `ALERTS{alertname="${alertname}",alertstate="firing",severity="${severity}"${more}}`;
}

function activeAlerts(project: string): string {
  const queries = dashboardFiles().flatMap((dashboard) => queriesOf(dashboard, { project }));
  return queries.find(({ where }) => where === 'ModelArts overview / Active alerts / A')?.expression ?? '';
}

testWith('promtool')(
  'active alerts are those of the chosen projects and of exporters, each once',
  async () => {
    const found = { prod: 4, dev: 7, other: 1, '(prod|dev)': 10, '.*': 10 };
    const directory = await mkdtemp(join(tmpdir(), 'modelarts-active-'));
    const file = join(directory, 'test.yml');
    const test = {
      tests: [
        {
          input_series: Object.entries(SERIES).map(([series, value]) => ({ series, values: `${value}` })),
          promql_expr_test: Object.entries(found).map(([project, value]) => ({
            expr: activeAlerts(project),
            eval_time: '0m',
            exp_samples: [{ value }],
          })),
        },
      ],
    };
    try {
      await writeFile(file, JSON.stringify(test));
      expect(await promtool('test', 'rules', file)).toContain('SUCCESS');
    } finally {
      await rm(directory, { recursive: true });
    }
  },
);
