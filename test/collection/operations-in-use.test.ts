import { expect, test } from 'vitest';
import { operationsInUse } from '../../src/collection/operations-in-use.ts';
import { DEFAULT_TOKEN } from '../../src/simulator/access/credentials.ts';
import { configOf } from '../configuration.ts';
import { PROJECT, runExporter } from './running-exporter.ts';

/** What is used where the file has a project with these keys. */
function used(project: object) {
  const prod = { name: 'prod', region: 'cn-north-4', project_id: PROJECT, auth: { token: 't' } };
  const [configured] = configOf({ projects: [{ ...prod, ...project }] }).projects;
  return configured === undefined ? [] : operationsInUse(configured);
}

test('the calls follow from the targets, their discovery and the credentials', () => {
  expect(used({})).toEqual([]);
  expect(used({ services: [{ id: 'a' }] })).toEqual(['service_events', 'service_update_logs']);
  expect(used({ discovery: { pools: { enabled: true } } })).toEqual([
    'list_pools',
    'list_scheduled_events',
    'pool_events',
  ]);
  const auth = { username: 'u', password: 'p', domain: 'd' };
  expect(used({ auth, project_id: undefined })).toEqual(['iam_token']);
  expect(used({ project_id: undefined })).toEqual(['iam_projects']);
  expect(used({ auth: { ecs_metadata: true } })).toEqual(['ecs_metadata']);
});

test('whatever the exporter calls was there with 0 from the start', async () => {
  const enabled = { enabled: true };
  const running = await runExporter(
    {
      project: {
        auth: { token: DEFAULT_TOKEN },
        discovery: { services: enabled, training_jobs: enabled, pools: enabled },
      },
    },
    { now: Date.UTC(2026, 0, 10, 12) },
  );
  const requests = async () =>
    [...(await running.self())].filter(([name]) => name.startsWith('modelarts_api_requests_total'));
  const before = await requests();
  expect(before.map(([, count]) => count)).toEqual(before.map(() => 0));
  running.cloud.addService(PROJECT, { service_id: 'a' });
  running.cloud.addJob(PROJECT, { id: 'b', start_time: running.now() });
  running.cloud.addPool(PROJECT, { name: 'c' });
  await running.exporter.collector.discover();
  await running.poll();
  const after = await requests();
  expect(after.map(([name]) => name)).toEqual(before.map(([name]) => name));
  expect(after.filter(([name, count]) => name.includes('"200"') && count === 0)).toEqual([]);
});
