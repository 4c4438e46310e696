import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { Backtest } from '../../src/backtest/backtest.ts';
import { parseLine } from '../../src/backtest/logged-event.ts';
import { EventLog } from '../../src/event-log/event-log.ts';
import { streamSink } from '../../src/event-log/line-sink.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import { systemTimers } from '../../src/timers.ts';
import { configOf, JOB, POOL, PROJECT, prodAt, SERVICE } from '../configuration.ts';
import { recordingLogger } from '../modelarts/scene.ts';
import { startTestSimulator } from '../simulator-kit/test-simulator.ts';
import { createTestExporter } from '../test-exporter.ts';

const START = Date.UTC(2026, 0, 10, 12);
const MINUTE = 60_000;

/** What happens in the cloud, by the minute. */
function story(cloud: Cloud): Readonly<Record<number, (at: number) => void>> {
  const job = (level: string, message: string) => (time: number) =>
    cloud.addJobEvent(JOB, { time, level, source: 'Job', message });
  const pool = (from: string, to: string, type: 'Normal' | 'Warning') => (at: number) =>
    void cloud.addPoolEvent(POOL, {
      type,
      reason: 'PoolStatusChange',
      message: `Pool status changed, from ${from} to ${to}, details: .`,
      firstTimestamp: at,
    });
  const abnormal = (occur_time: number) =>
    cloud.addServiceEvent(SERVICE, {
      occur_time,
      event_type: 'abnormal',
      event_info: 'Failed to create the image.',
    });
  const updated = (result: string) => (update_time: number) => {
    cloud.addUpdateRecord(SERVICE, { update_time, result, config: [] });
    const event_info = 'The service is being updated.';
    cloud.addServiceEvent(SERVICE, { occur_time: update_time, event_type: 'normal', event_info });
  };
  return {
    2: abnormal,
    4: job('Error', 'Training job failed.'),
    9: updated('SUCCESS'),
    11: pool('Running', 'Abnormal', 'Warning'),
    12: job('Error', 'Training job failed.'),
    17: pool('Abnormal', 'Running', 'Normal'),
    20: updated('FAIL'),
    25: job('Info', 'The training job is preempted.'),
    41: updated('SUCCESS'),
    50: job('Warning', 'The disk is almost full.'),
  };
}

test('an event log, played, tells the alerts that the bridge has sent', async () => {
  let now = START;
  const clock = () => now;
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  cloud.addService(PROJECT, { service_id: SERVICE });
  cloud.addJob(PROJECT, { id: JOB });
  cloud.addPool(PROJECT, { name: POOL });
  const simulator = await startTestSimulator({ now: clock, cloud });
  onTestFinished(() => simulator.close());
  const config = configOf({
    collection: { min_interval: '10s' },
    alerting: { resolve_after: '15m', keep_firing_for: '1m', labels: { team: 'ml' } },
    projects: [
      {
        ...prodAt(simulator.url),
        services: [{ id: SERVICE }],
        training_jobs: [{ id: JOB }],
        pools: [{ name: POOL }],
      },
    ],
  });
  const lines = new PassThrough();
  let text = '';
  lines.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const eventLog = new EventLog(streamSink(lines), systemTimers, recordingLogger());
  const exporter = await createTestExporter(config, { clock, eventLog });
  onTestFinished(() => exporter.stop());

  /** Of each alert by its labels and start, the minutes in which it was seen. */
  const seen = new Map<string, number[]>();
  const events = story(cloud);
  for (let minute = 0; minute <= 90; minute += 1) {
    now = START + minute * MINUTE;
    events[minute]?.(now);
    await exporter.collector.collect(Number.POSITIVE_INFINITY);
    for (const { labels, startsAt } of exporter.alerts()) {
      const key = JSON.stringify([labels, startsAt]);
      seen.set(key, [...(seen.get(key) ?? []), minute]);
    }
  }
  await eventLog.flush();

  const backtest = new Backtest(config.alerting, config.limits);
  for (const line of text.trimEnd().split('\n')) expect(backtest.take(parseLine(line))).toBe(true);
  const played = backtest.finish(now).map(({ labels, startsAt, endsAt = Number.NaN }) => ({
    key: JSON.stringify([labels, startsAt]),
    minutes: (endsAt - startsAt) / MINUTE,
  }));
  expect(played.length).toBeGreaterThanOrEqual(6);
  expect(played.map(({ key }) => key).sort()).toEqual([...seen.keys()].sort());
  for (const { key, minutes } of played) expect([key, seen.get(key)?.length]).toEqual([key, minutes]);
});
