import { expect, test, vi } from 'vitest';
import { WAIT } from '../patience.ts';
import { PROJECT, runExporter, SERVICE } from './running-exporter.ts';

const NOW = Date.UTC(2026, 0, 10, 12);
const HOUR = 3_600_000;
const CONFIGURED = { project: { services: [{ id: SERVICE }] } };
const DISCOVERED = { project: { discovery: { services: { enabled: true, linger: '10m' } } } };

/** An exporter without a state file that has read an event of a service. */
async function scene(settings: typeof CONFIGURED | typeof DISCOVERED) {
  const running = await runExporter(settings, { now: NOW });
  const { cloud, exporter, poll } = running;
  cloud.addService(PROJECT, { service_id: SERVICE });
  cloud.addServiceEvent(SERVICE, {
    event_type: 'abnormal',
    event_info: 'it failed',
    occur_time: NOW + 1_000,
  });
  await exporter.collector.discover();
  await poll();
  expect(await running.events()).toHaveLength(1);
  return running;
}

/** How many abnormal events are counted. */
function total(series: ReadonlyMap<string, number>): number | undefined {
  return [...series].find(([name]) => /^modelarts_service_events_total.*"abnormal"/.test(name))?.[1];
}

test('a target that a reload removed and another brought back writes no event twice', async () => {
  const { reload, poll, events, series, exporter } = await scene(CONFIGURED);
  await reload({ project: {} });
  expect(total(series())).toBeUndefined();
  await reload(CONFIGURED);
  await poll();
  expect(await events()).toHaveLength(1);
  expect(exporter.reporter.recent.list(() => true, 10)).toHaveLength(1);
  expect(total(series())).toBe(1);
});

test('a target that is removed amid a read and comes back counts no event twice, alone or with all others', async () => {
  const { cloud, simulator, reload, poll, events, series, self, now, exporter } = await scene(CONFIGURED);
  const all = async () =>
    (await self()).get('modelarts_events_total{project="prod",kind="service",problem="true"}');
  cloud.addServiceEvent(SERVICE, {
    event_type: 'abnormal',
    event_info: 'it failed again',
    occur_time: now() + 1_000,
  });
  const requests = simulator.requests.count('service_events');
  const recover = simulator.faults.add({ kind: 'latency', ms: 100 });
  const reading = poll();
  await vi.waitFor(() => expect(simulator.requests.count('service_events')).toBe(requests + 1), WAIT);
  await reload({ project: {} });
  expect(exporter.collector.targets()).toEqual([]);
  expect(await all()).toBe(1);
  await reading;
  expect(await all()).toBe(1);
  recover();
  await reload(CONFIGURED);
  expect(total(series())).toBe(1);
  await poll();
  expect([total(series()), await all()]).toEqual([2, 2]);
  expect(await events()).toHaveLength(2);
});

test('a target that discovery finds again after it was removed writes no event twice', async () => {
  const { cloud, exporter, poll, events, series, now, setNow } = await scene(DISCOVERED);
  cloud.removeService(SERVICE);
  await exporter.collector.discover();
  setNow(now() + HOUR);
  await exporter.collector.discover();
  expect(exporter.collector.targets()).toEqual([]);
  cloud.addService(PROJECT, { service_id: SERVICE });
  cloud.addServiceEvent(SERVICE, {
    event_type: 'abnormal',
    event_info: 'it failed',
    occur_time: NOW + 1_000,
  });
  await exporter.collector.discover();
  await poll();
  expect(await events()).toHaveLength(1);
  expect(total(series())).toBe(1);
});

test('of a target that was removed more than a week ago nothing is known', async () => {
  const { reload, poll, events, now, setNow } = await scene(CONFIGURED);
  await reload({ project: {} });
  setNow(now() + 8 * 24 * HOUR);
  await reload({ project: {} });
  // Back to when the event is recent: were the target remembered, it would not be read again.
  setNow(NOW + HOUR);
  await reload(CONFIGURED);
  await poll();
  expect(await events()).toHaveLength(2);
});
