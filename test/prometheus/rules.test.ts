import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { KIND_NAMES } from '../../src/kind-table.ts';
import { folderWith } from '../e2e/built-binary.ts';
import { dashboardFiles } from '../grafana/dashboard-files.ts';
import { testWith } from '../programs.ts';
import { EXPOSED_METRICS } from './exposed-metrics.ts';
import { unknownNames } from './promql.ts';
import { promtool } from './promtool.ts';
import { alertRules, DIRECTORY } from './rules.ts';

/** What the bridge sends to Alertmanager by itself. */
const BRIDGE_ALERTS = [
  'ModelArtsInferenceServiceAbnormalEvent',
  'ModelArtsInferenceServiceFailed',
  'ModelArtsInferenceServiceWarningEvent',
  'ModelArtsPoolAbnormal',
  'ModelArtsPoolMaintenance',
  'ModelArtsPoolNodesAbnormal',
  'ModelArtsPoolWarningEvent',
  'ModelArtsProjectDown',
  'ModelArtsServiceAbnormalEvent',
  'ModelArtsServiceFailed',
  'ModelArtsServiceUpdateFailed',
  'ModelArtsTargetDown',
  'ModelArtsTrainingJobError',
  'ModelArtsTrainingJobFailed',
  'ModelArtsTrainingJobFault',
  'ModelArtsTrainingJobRestarted',
  'ModelArtsTrainingJobWarning',
];

const TestFile = z.looseObject({
  rule_files: z.array(z.string()),
  evaluation_interval: z.string(),
  tests: z.array(
    z.looseObject({
      alert_rule_test: z.array(
        z.object({ alertname: z.string(), eval_time: z.string(), exp_alerts: z.array(z.unknown()) }),
      ),
    }),
  ),
});
type TestFile = z.infer<typeof TestFile>;

const testFiles = readdirSync(`${DIRECTORY}tests`).map((name) => `${DIRECTORY}tests/${name}`);

testWith('promtool').each(['alerts.yml', 'slo.yml'])('promtool accepts %s', async (name) => {
  expect(await promtool('check', 'rules', `${DIRECTORY}${name}`)).not.toMatch(/FAILED|duplicate/);
});

const [sloTests = [], alertTests = []] = [true, false].map((isSlo) =>
  testFiles.filter((file) => file.endsWith('/slo.yml') === isSlo),
);

testWith('promtool').each(sloTests)('promtool test rules %s', async (file) => {
  await promtool('test', 'rules', file);
});

/** Of a rule that a file does not name, its tests are to see that it can be evaluated: not every minute. */
function withAllRules({ evaluation_interval, tests, ...file }: TestFile): unknown {
  return {
    ...file,
    rule_files: [`${DIRECTORY}alerts.yml`],
    evaluation_interval: evaluation_interval === '1m' ? '5m' : evaluation_interval,
    tests: tests.map(({ alert_rule_test, ...test }) => {
      const eval_time = alert_rule_test.at(-1)?.eval_time;
      return { ...test, promql_expr_test: [{ expr: 'vector(1)', eval_time, exp_samples: [{ value: 1 }] }] };
    }),
  };
}

testWith('promtool').each(alertTests)('promtool test rules %s', async (path) => {
  const file = TestFile.parse(parse(readFileSync(path, 'utf8')));
  expect(file.rule_files).toEqual(['../alerts.yml']);
  const tested = new Set(
    file.tests.flatMap((test) => test.alert_rule_test.map(({ alertname }) => alertname)),
  );
  await using folder = await folderWith({
    'rules.yml': stringify({
      groups: [{ name: 'tested', rules: alertRules().filter(({ alert }) => tested.has(alert)) }],
    }),
    'tested.yml': stringify({ ...file, rule_files: ['rules.yml'] }),
    'all.yml': stringify(withAllRules(file)),
  });
  await promtool('test', 'rules', folder.file('tested.yml'), folder.file('all.yml'));
});

test('each alert is tested to wait, to fire and to resolve, in that order', () => {
  const courses = new Map<string, string[]>();
  for (const file of testFiles) {
    for (const group of TestFile.parse(parse(readFileSync(file, 'utf8'))).tests) {
      const course = new Map<string, string>();
      for (const { alertname, exp_alerts } of group.alert_rule_test) {
        course.set(alertname, (course.get(alertname) ?? '') + (exp_alerts.length > 0 ? 'F' : '-'));
      }
      for (const [alert, one] of course) courses.set(alert, [...(courses.get(alert) ?? []), one]);
    }
  }
  const untested = alertRules().filter(
    ({ alert }) => !courses.get(alert)?.some((course) => /^-+F+-+$/.test(course)),
  );
  expect(untested.map(({ alert }) => alert)).toEqual([]);
});

test.each(alertRules())('$alert is complete', ({ alert, expr, labels, annotations }) => {
  expect(unknownNames(expr, EXPOSED_METRICS)).toEqual([]);
  expect(['warning', 'critical', 'none']).toContain(labels['severity']);
  expect(Object.keys(annotations).sort()).toEqual(['dashboard_url', 'description', 'runbook_url', 'summary']);
  expect(annotations['runbook_url']).toBe(
    `{{ with $externalLabels.modelarts_exporter }}{{ . }}/docs/runbooks{{ else }}docs/runbooks.md{{ end }}#${alert.toLowerCase()}`,
  );
});

/** Grafana's own address, unless Prometheus has been told another; the path, and the query. */
const DASHBOARD =
  /^\{\{ with \$externalLabels\.modelarts_grafana \}\}\{\{ \. \}\}\{\{ else \}\}http:\/\/localhost:3000\{\{ end \}\}\/d\/([^?]+)\??(.*)$/;

test.each([...alertRules(), ...alertRules('slo.yml')])(
  '$alert leads to a dashboard, and chooses there what it is about',
  ({ annotations, labels }) => {
    const kinds = labels['kind'] === undefined ? KIND_NAMES : [labels['kind']];
    for (const kind of kinds) {
      const url = (annotations['dashboard_url'] ?? '')
        .replaceAll('{{ $labels.kind }}', kind)
        .replace('{{ reReplaceAll "_" "-" $labels.kind }}', kind.replaceAll('_', '-'));
      const [, uid = url, query = ''] = DASHBOARD.exec(url) ?? [];
      const variables = dashboardFiles()
        .find((one) => one.uid === uid)
        ?.templating.list.map(({ name }) => name);
      expect(variables, uid).toBeDefined();
      const chosen = [...query.matchAll(/var-(\w+)=\{\{ \$labels\.\w+ \| urlquery \}\}/g)];
      expect(query).toBe(chosen.map(([part]) => part).join('&'));
      const names = chosen.map(([, name]) => name);
      expect(variables).toEqual(expect.arrayContaining(names));
      if (labels['target'] !== undefined) expect(names).toEqual(['project', kind]);
    }
  },
);

test('what is counted is named in the singular where it is one', () => {
  const texts = alertRules().flatMap(({ annotations }) => Object.values(annotations));
  expect(texts.filter((text) => /\$value( \| humanize)? \}\} (\w+ ){0,2}\w+s\b/.test(text))).toEqual([]);
});

test('the label bridge marks exactly what the bridge replaces', () => {
  const marked = alertRules().filter(({ labels }) => labels['bridge'] === 'replaces');
  expect([...new Set(marked.map(({ alert }) => alert))].sort()).toEqual(BRIDGE_ALERTS);
  const others = alertRules().filter(({ alert }) => !BRIDGE_ALERTS.includes(alert));
  expect(others.filter(({ labels }) => 'bridge' in labels)).toEqual([]);
});

test('objectives are measured by what the exporter exposes', () => {
  const { groups } = z
    .object({
      groups: z.array(
        z.object({ rules: z.array(z.object({ record: z.string().optional(), expr: z.string() })) }),
      ),
    })
    .parse(parse(readFileSync(`${DIRECTORY}slo.yml`, 'utf8')));
  const rules = groups.flatMap(({ rules: all }) => all);
  const recorded = new Set(rules.map(({ record }) => record));
  for (const { expr } of rules) {
    const unknown = unknownNames(expr, EXPOSED_METRICS).filter((what) => what.startsWith('no metric '));
    expect(unknown.filter((what) => !recorded.has(what.slice('no metric '.length)))).toEqual([]);
  }
});
