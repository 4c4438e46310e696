import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { Cloud } from '../../src/simulator/cloud.ts';
import { list, type Running, runSimulator } from '../simulator/running-simulator.ts';
import { DOCUMENTED_IDS, documentedScenario } from './documented-scenario.ts';

const document = (name: string): Promise<string> =>
  readFile(new URL(`documents/${name}.txt`, import.meta.url), 'utf8');

async function run(): Promise<Running> {
  const cloud = new Cloud();
  return runSimulator({ cloud, ...documentedScenario(cloud) });
}

const { service, updatedService, trainingJob, pool } = DOCUMENTED_IDS;
const job = `/v2/{p}/training-jobs/${trainingJob}/events`;
const events = `/v1/{p}/events?resource=pools&name=${pool}`;

test.each([
  ['service-events-example', `/v1/{p}/services/${service}/events`],
  ['service-events-example', `/v1/{p}/services/${service}/events?order=asc&limit=1000&start_time=0`],
  ['service-update-logs-example', `/v1/{p}/services/${updatedService}/logs`],
  [
    'training-job-events-example',
    `${job}?order=desc&offset=0&limit=10&start_time=1669449696964&end_time=1669711991259`,
  ],
  ['pool-events-example', `${events}&limit=5&continue=cde36780-1120-4753-bf75-0edb9ebd5a9e`],
])('serves the document %s byte for byte for %s', async (name, path) => {
  const simulator = await run();
  expect((await simulator.get(path)).text).toBe(await document(name.replace('-example', '')));
});

test('other requests of the documented ids see the same events', async () => {
  const simulator = await run();
  const reply = await simulator.get(`${job}?order=asc`);
  expect(reply.json['total']).toBe(10);
  const example = JSON.parse(await document('training-job-events')) as { events: unknown[] };
  expect(list(reply, 'events').toReversed()).toEqual(example.events);

  const items = JSON.parse(await document('pool-events')) as { items: unknown[] };
  expect((await simulator.get(events)).json['items']).toEqual(items.items);
  const last = await simulator.get(`${events}&limit=5&continue=52eddc13-cfad-42d3-aee4-92fea5813e7f`);
  expect(last.json['items']).toEqual([]);
});
