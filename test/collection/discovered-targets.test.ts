import { expect, test } from 'vitest';
import { POOL, PROJECT, runExporter, SERVICE } from './running-exporter.ts';

const NOW = Date.UTC(2026, 0, 10, 12);
const DISCOVERY = {
  services: { enabled: true, linger: '1h' },
  pools: { enabled: true, linger: '1h' },
};
const service = `project="prod",service_id="${SERVICE}",service_name="mnist"`;

async function discovering() {
  const running = await runExporter({ project: { discovery: DISCOVERY } }, { now: NOW });
  running.cloud.addService(PROJECT, { service_id: SERVICE, service_name: 'mnist', status: 'running' });
  running.cloud.addPool(PROJECT, { name: POOL, display_name: 'lab' });
  await running.exporter.collector.discover();
  return running;
}

test('what a listing tells is shown although the events can not be read', async () => {
  const { simulator, series, poll } = await discovering();
  simulator.faults.add({ kind: 'status', status: 403 }, { operation: 'service_events' });
  await poll();
  expect(series().get(`modelarts_service_status{${service},status="running"}`)).toBe(1);
  expect(series().get(`modelarts_service_events_total{${service},event_type="normal"}`)).toBeUndefined();
  expect(
    series().get(
      `modelarts_target_up{project="prod",kind="service",target="${SERVICE}",target_name="mnist"}`,
    ),
  ).toBe(0);
  expect(
    series().get(`modelarts_pool_status{project="prod",pool="${POOL}",pool_name="lab",status="running"}`),
  ).toBe(1);
});

test('a deleted target is not down: its last numbers linger, then they go', async () => {
  const { cloud, exporter, series, poll, now, setNow, self } = await discovering();
  await poll();
  expect((await self()).get('modelarts_discovered_targets{project="prod",kind="service"}')).toBe(1);
  cloud.removeService(SERVICE);
  await exporter.collector.discover();
  await poll();
  for (let minutes = 0; minutes < 10; minutes += 1) await poll(60_000);
  exporter.collector.age();
  expect(exporter.alerts()).toEqual([]);
  expect([...series().keys()].filter((name) => name.includes('target_up') && name.includes(SERVICE))).toEqual(
    [],
  );
  expect(series().get(`modelarts_service_events_total{${service},event_type="normal"}`)).toBe(0);
  expect((await self()).get('modelarts_discovered_targets{project="prod",kind="service"}')).toBe(0);
  setNow(now() + 3_600_000);
  await exporter.collector.discover();
  expect([...series().keys()].filter((name) => name.includes(SERVICE))).toEqual([]);
});

test('a reload that changes the project keeps what was discovered until it has looked itself', async () => {
  const { series, poll, reload, exporter } = await discovering();
  await poll();
  await reload({ project: { discovery: DISCOVERY }, api: { timeout: '9s' } });
  expect(series().get(`modelarts_service_status{${service},status="running"}`)).toBe(1);
  await exporter.collector.discover();
  expect(series().get(`modelarts_service_status{${service},status="running"}`)).toBe(1);
  await reload({ project: { services: [] } });
  expect([...series().keys()].filter((name) => name.includes(SERVICE))).toEqual([]);
});
