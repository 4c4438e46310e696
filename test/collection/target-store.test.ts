import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { TargetMemory } from '../../src/collection/target-store.ts';
import { systemDisk } from '../../src/disk.ts';
import { DEFAULT_TOKEN } from '../../src/simulator/access/credentials.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import { readState } from '../../src/state/open-state-file.ts';
import { startTestSimulator } from '../simulator-kit/test-simulator.ts';
import { CrashingExporter } from './crashing-exporter.ts';
import { temporaryFolder } from './temporary-folder.ts';

const PROJECT = '0123456789abcdef0123456789abcdef';
const START = Date.parse('2024-05-06T07:08:09.123Z');
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A running exporter of one service, and the time. */
async function scene() {
  const time = { now: START };
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  cloud.addService(PROJECT, { service_id: 'service' });
  const simulator = await startTestSimulator({ now: () => time.now, cloud });
  const settings = (project: object = {}) => ({
    api: { retries: 0 },
    projects: [
      {
        name: 'prod',
        region: 'cn-north-4',
        project_id: PROJECT,
        endpoint: simulator.url,
        auth: { token: DEFAULT_TOKEN },
        services: [{ id: 'service' }],
        ...project,
      },
    ],
  });
  const folder = await temporaryFolder();
  const running = new CrashingExporter({ folder, clock: () => time.now, settings: settings() });
  onTestFinished(async () => {
    await running.end();
    await simulator.close();
  });
  await running.start();
  const happen = (at: number) =>
    cloud.addServiceEvent('service', { event_type: 'abnormal', event_info: 'it failed', occur_time: at });
  const poll = async () => {
    time.now += MINUTE;
    await running.exporter.collector.collect(Number.POSITIVE_INFINITY);
  };
  const sample = (name: string) => {
    running.exporter.collector.moveWindows();
    const text = [...running.exporter.series.chunks('text')].join('');
    return text.match(new RegExp(`^modelarts_service_${name}\\{.*abnormal.*\\} (\\S+)$`, 'm'))?.[1];
  };
  /** The abnormal events of all services. */
  const all = () =>
    /kind="service",problem="true"\} (\d+)/.exec(
      running.exporter.metrics.eventTotals.text('text', false),
    )?.[1];
  return { running, time, cloud, simulator, settings, happen, poll, sample, all };
}

test('counters, windows, alerts and the epoch survive, and the downtime is made up for', async () => {
  const { running, time, happen, poll, sample } = await scene();
  time.now += 1_000;
  happen(time.now);
  await poll();
  const alerts = running.exporter.alerts();
  expect(alerts).toHaveLength(1);

  running.crash();
  happen(time.now + MINUTE);
  time.now += 20 * MINUTE;
  await running.start();
  // Before anything is read: what was known.
  expect([sample('events_total'), sample('recent_events')]).toEqual(['1', '1']);
  expect(running.exporter.alerts()).toEqual(alerts);
  expect(running.exporter.reporter.recent.list(() => true, 10).map(({ message }) => message)).toEqual([
    'it failed',
  ]);
  await poll();
  expect([sample('events_total'), sample('recent_events')]).toEqual(['2', '2']);
  expect(running.exporter.alerts()[0]?.annotations['events']).toBe('2');

  time.now += 50 * MINUTE;
  expect([sample('events_total'), sample('recent_events')]).toEqual(['2', '0']);
  expect((await readState<TargetMemory>(systemDisk, running.file))?.countingSince).toBe(START);
});

test('a target that comes back within the grace time goes on, a later one begins anew', async () => {
  const { running, time, settings, happen, poll, sample } = await scene();
  happen(time.now + 1_000);
  await poll();
  await running.configure(settings({ services: [] }));
  expect(sample('events_total')).toBeUndefined();
  running.crash();
  time.now += 6 * DAY;
  happen(time.now);
  await running.start();
  await running.configure(settings());
  await poll();
  expect(sample('events_total')).toBe('2');

  await running.configure(settings({ services: [] }));
  time.now += 8 * DAY;
  await running.exporter.collector.flush();
  expect((await readState<TargetMemory>(systemDisk, running.file))?.entries).toEqual([]);
});

test('a renamed project does not inherit', async () => {
  const { running, time, settings, happen, poll, sample } = await scene();
  happen(time.now + 1_000);
  await poll();
  time.now += 2 * DAY;
  await running.configure(settings({ name: 'production' }));
  await poll();
  expect(sample('events_total')).toBe('0');
  expect(
    (await readState<TargetMemory>(systemDisk, running.file))?.entries.map(({ target, removedAt }) => [
      target.project,
      removedAt,
    ]),
  ).toEqual([
    ['prod', expect.any(Number)],
    ['production', null],
  ]);
});

test('the state does not say that an event was logged when it was not, and scrapes go on', async () => {
  const { running, time, happen, poll, sample, all } = await scene();
  const errors = async () =>
    (await running.exporter.metrics.text('text')).match(
      /^modelarts_exporter_state_write_errors_total (\d+)$/m,
    )?.[1];
  running.isLogFull = true;
  happen(time.now + 1_000);
  await poll();
  expect([sample('events_total'), all(), await errors()]).toEqual(['1', '0', '1']);
  expect((await readState<TargetMemory>(systemDisk, running.file))?.entries ?? []).not.toContainEqual(
    expect.objectContaining({ target: expect.objectContaining({ hasBeenRead: true }) }),
  );
  expect(running.log.lines.map(({ fields }) => fields?.['error'])).toContainEqual(
    expect.stringContaining('held back until the event log can be written'),
  );

  running.crash();
  await running.end();
  expect(running.log.lines).toContainEqual({
    message: 'the event log ends without its last lines',
    fields: { lines: 1 },
  });
  running.isLogFull = false;
  await running.start();
  await poll();
  expect([sample('events_total'), all()]).toEqual(['1', '1']);
  expect(running.lines).toHaveLength(1);
  expect((await readState<TargetMemory>(systemDisk, running.file))?.entries).toMatchObject([
    { target: { hasBeenRead: true } },
  ]);
});

test('a target that is down stays so over a restart, whatever its listing tells, until it is read', async () => {
  const { running, time, cloud, simulator, settings, poll } = await scene();
  await running.configure(settings({ services: [], discovery: { services: { enabled: true } } }));
  await running.exporter.collector.discover();
  await poll();
  simulator.faults.add({ kind: 'status', status: 403 }, { operation: 'service_events' });
  for (let minutes = 0; minutes < 5; minutes += 1) await poll();
  const down = running.exporter.alerts();
  expect(down.map(({ labels }) => labels['alertname'])).toEqual(['ModelArtsTargetDown']);

  running.crash();
  cloud.setServiceStatus('service', 'failed', time.now);
  await running.start();
  await running.exporter.collector.discover();
  const after = running.exporter.alerts();
  expect(after.map(({ labels }) => labels['alertname'])).toContain('ModelArtsServiceFailed');
  expect(after).toContainEqual(down[0]);
});

test('a save that fails is counted each time and logged once, and scrapes go on but for the totals', async () => {
  const { running, time, happen, poll, sample, all } = await scene();
  const folder = dirname(running.file);
  await rm(folder, { recursive: true });
  await writeFile(folder, '');
  const errors = async () =>
    (await running.exporter.metrics.text('text')).match(
      /^modelarts_exporter_state_write_errors_total (\d+)$/m,
    )?.[1];
  expect(await errors()).toBe('0');
  for (const expected of ['1', '2']) {
    happen(time.now + 1_000);
    await poll();
    expect([sample('events_total'), await errors()]).toEqual([expected, expected]);
    expect(all()).toBe('0');
  }
  await rm(folder);
  await mkdir(folder);
  await poll();
  expect(all()).toBe('2');
  const said = running.log.lines.filter(({ message }) => message.startsWith('saving the state'));
  expect(said.map(({ message }) => message)).toEqual([
    'saving the state failed; a restart would lose what came since',
    'saving the state works again',
  ]);
  expect((await readState<TargetMemory>(systemDisk, running.file))?.entries).toHaveLength(1);
});

test('a state that was begun by a clock hours ahead counts on once the clock is right', async () => {
  const { running, time, happen, poll, sample } = await scene();
  await poll();
  running.crash();
  time.now = START - 8 * 60 * MINUTE;
  await running.start();
  happen(time.now + 1_000);
  await poll();
  expect(sample('events_total')).toBe('1');
  await running.exporter.collector.flush();
  expect((await readState<TargetMemory>(systemDisk, running.file))?.countingSince).toBeLessThan(time.now);
});
