import { expect, test } from 'vitest';
import { Cloud } from '../../src/simulator/cloud.ts';
import { PROJECT, runExporter } from './running-exporter.ts';

const NOW = Date.UTC(2026, 0, 10, 12);
const SHARDS = 3;
/** They tell of the reading, which each exporter does at its own time. */
const OWN_TIMES = /_(?:refresh_duration|last_success_timestamp)_seconds\{/;

function settings(listed: number) {
  const services = Array.from({ length: listed }, (_, index) => ({ id: `listed-${index}` }));
  return { project: { services, discovery: { training_jobs: { enabled: true }, pools: { enabled: true } } } };
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#') && !OWN_TIMES.test(line));
}

test('three shards together expose what one exporter does, and nothing twice', async () => {
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  const addJob = (name: string) =>
    cloud.addJob(PROJECT, { id: name, name, phase: 'Running', create_time: NOW - 60_000 });
  for (let index = 0; index < 40; index += 1) cloud.addService(PROJECT, { service_id: `listed-${index}` });
  for (let index = 0; index < 20; index += 1) addJob(`job-${index}`);
  for (let index = 0; index < 6; index += 1) cloud.addPool(PROJECT, { name: `pool-${index}` });

  const whole = await runExporter(settings(30), { now: NOW, cloud });
  const shards = await Promise.all(
    Array.from({ length: SHARDS }, (_, index) =>
      runExporter(settings(30), { now: NOW, cloud }, { index, count: SHARDS }),
    ),
  );
  const all = [whole, ...shards];
  const compare = async (targets: number) => {
    for (const { exporter, poll } of all) {
      await exporter.collector.discover();
      await poll();
    }
    const parts = shards.map(({ seriesText }) => linesOf(seriesText()));
    expect(parts.flat().sort()).toEqual(linesOf(whole.seriesText()).sort());
    const sizes = shards.map(({ exporter }) => exporter.collector.targets().length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(targets);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
    const discovered = await Promise.all(
      shards.map(async ({ self }) =>
        (await self()).get('modelarts_discovered_targets{project="prod",kind="training_job"}'),
      ),
    );
    expect(discovered.reduce<number>((sum, found) => sum + (found ?? 0), 0)).toBe(
      (await whole.self()).get('modelarts_discovered_targets{project="prod",kind="training_job"}'),
    );
  };
  await compare(30 + 20 + 6);

  for (const { reload } of all) await reload(settings(40));
  for (let index = 20; index < 25; index += 1) addJob(`job-${index}`);
  await compare(40 + 25 + 6);

  for (const { reload } of all) await reload(settings(10));
  await compare(10 + 25 + 6);
  const infos = await Promise.all(
    shards.map(async ({ self }) => [...(await self()).keys()].find((name) => name.includes('shard_info'))),
  );
  expect(infos).toEqual(
    [0, 1, 2].map((index) => `modelarts_exporter_shard_info{shard="${index}",shards="3"}`),
  );
});
