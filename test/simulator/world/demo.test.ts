import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { startDemo } from '../../../src/simulator/world/demo.ts';
import { DEMO } from '../../../src/simulator/world/demo-cast.ts';

const OPENING = Date.parse('2024-05-06T07:00:00Z');

test('lives by its clock, and tells', async () => {
  const clock = { now: OPENING };
  const stories: string[] = [];
  const demo = await startDemo({ now: () => clock.now, onStory: (text) => stories.push(text) });
  onTestFinished(() => demo.close());
  expect(demo.description).toHaveLength(2);
  expect(demo.description[0]).toMatch(
    /^cn-north-4: services recommendation, .*; training jobs .*; pools training-a$/,
  );
  clock.now += 120_000;
  await expect.poll(() => stories.length).toBeGreaterThan(10);
});

test('its configuration names the simulator, the projects and listed targets that exist', async () => {
  const demo = await startDemo({ now: () => OPENING, seed: 7 });
  onTestFinished(() => demo.close());
  const { simulator } = demo;
  const config = parse(demo.configYaml) as { projects: Record<string, unknown>[] };
  expect(config.projects).toMatchObject([
    {
      name: 'prod',
      region: 'cn-north-4',
      project_id: DEMO.prod.id,
      endpoint: simulator.url,
      auth: { token: DEMO.prod.token },
      services: [{ id: DEMO.prod.listedService }],
      pools: [{ name: DEMO.prod.pool }],
    },
    { name: 'research', region: 'ap-southeast-1', iam_endpoint: simulator.url },
  ]);
  expect(simulator.cloud.service(DEMO.prod.listedService).service_name).toBe('recommendation');
  expect(simulator.cloud.pool(DEMO.prod.pool).display_name).toBe('training-a');
  const headers = { 'X-Auth-Token': DEMO.prod.token };
  const services = await fetch(`${simulator.url}/v1/${DEMO.prod.id}/services`, { headers });
  expect(services.status).toBe(200);
  const other = await fetch(`${simulator.url}/v1/${DEMO.research.id}/services`, { headers });
  expect(other.status).toBe(403);
});
