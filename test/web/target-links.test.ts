import { expect, test } from 'vitest';
import { dashboards } from '../../grafana/dashboards.ts';
import { KIND_NAMES } from '../../src/kind-table.ts';
import { dashboardPath } from '../../src/target-key.ts';
import { targetLinks } from '../../src/web/target-links.ts';

const TARGET = {
  project: 'prod',
  region: 'cn-north-4',
  kind: 'service',
  id: 'a b/&',
  name: undefined,
} as const;

test('the console is filled in with what the target is, and nothing can leave its place', () => {
  const console = 'https://c.example/{region}/{project_id}?id={id}&name={name}&k={kind}&p={project}';
  expect(targetLinks({ grafana: '', console }, TARGET, '0123')).toEqual([
    {
      words: 'ModelArts console',
      url: 'https://c.example/cn-north-4/0123?id=a%20b%2F%26&name=&k=service&p=prod',
    },
  ]);
});

test('Grafana shows the target on its dashboard', () => {
  expect(targetLinks({ grafana: 'https://g.example/sub', console: '' }, TARGET)).toEqual([
    {
      words: 'Grafana',
      url: 'https://g.example/sub/d/modelarts-service?var-project=prod&var-service=a+b%2F%26',
    },
  ]);
});

test.each(KIND_NAMES)('%s has a dashboard with these variables', (kind) => {
  const { pathname, searchParams } = new URL(`http://g${dashboardPath({ project: 'p', kind, id: 'i' })}`);
  const dashboard = [...dashboards().values()].find(({ uid }) => pathname === `/d/${uid}`);
  const variables = dashboard?.templating?.list?.map(({ name }) => `var-${name}`) ?? [];
  expect(variables).toEqual(expect.arrayContaining([...searchParams.keys()]));
});
