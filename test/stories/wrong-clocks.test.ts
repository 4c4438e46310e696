import { expect, onTestFinished, test } from 'vitest';
import { Cloud } from '../../src/simulator/cloud.ts';
import { temporaryFolder } from '../collection/temporary-folder.ts';
import { configOf, JOB, POOL, PROJECT, prodAt, SERVICE } from '../configuration.ts';
import { startTestSimulator } from '../simulator-kit/test-simulator.ts';
import { recordingLog } from '../state/state-entries.ts';
import { createTestExporter } from '../test-exporter.ts';

const START = Date.UTC(2026, 0, 10, 12);
const INFERENCE_SERVICE = 'inference-service';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A durable exporter whose clock is wrong by `error`; the cloud's is right. */
async function scene(error: number) {
  const time = { now: START, error };
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  cloud.addService(PROJECT, { service_id: SERVICE });
  cloud.addJob(PROJECT, { id: JOB });
  cloud.addPool(PROJECT, { name: POOL });
  cloud.addInferenceService(PROJECT, { id: INFERENCE_SERVICE });
  const simulator = await startTestSimulator({ now: () => time.now, cloud });
  onTestFinished(() => simulator.close());
  const config = configOf({
    api: { retries: 0 },
    state: { file: `${await temporaryFolder()}/state` },
    alerting: { alertmanagers: [{ url: 'http://127.0.0.1:9' }] },
    projects: [
      {
        ...prodAt(simulator.url),
        services: [{ id: SERVICE }],
        training_jobs: [{ id: JOB }],
        discovery: {
          pools: { enabled: true },
          services: { enabled: true },
          inference_services: { enabled: true },
        },
      },
    ],
  });
  const log = recordingLog();
  const start = async () => {
    const exporter = await createTestExporter(config, {
      clock: () => time.now + time.error,
      steady: () => time.now,
      durable: true,
      log,
    });
    await exporter.collector.discover();
    return exporter;
  };
  let exporter = await start();
  onTestFinished(() => exporter.stop());
  return {
    time,
    log,
    async poll() {
      time.now += MINUTE;
      await exporter.collector.collect(Number.POSITIVE_INFINITY);
      await exporter.collector.discover();
      await exporter.collector.flush();
    },
    async restart() {
      await exporter.stop();
      exporter = await start();
    },
    /** Something happens to each of the four. */
    happen() {
      const at = time.now;
      cloud.addServiceEvent(SERVICE, {
        event_type: 'normal',
        event_info: 'preparing environment',
        occur_time: at,
      });
      cloud.addJobEvent(JOB, { level: 'Info', source: 'Job', message: 'Training job is running.', time: at });
      cloud.addPoolEvent(POOL, {
        type: 'Normal',
        reason: 'Other',
        message: 'Something.',
        firstTimestamp: at,
      });
      cloud.addInferenceEvent(INFERENCE_SERVICE, { event_type: 'NORMAL', event_info: 'Something.', at });
    },
    down: () =>
      exporter
        .alerts()
        .map(({ labels }) => labels['alertname'])
        .filter((name) => name?.endsWith('Down')),
    totals: async () =>
      [
        ...(await exporter.metrics.text('text')).matchAll(
          /^modelarts_events_total\{.*problem="false"\} (\d+)$/gm,
        ),
      ].map(([, total]) => Number(total)),
  };
}

const EACH = (events: number) => [events, events, events, events];

test('a clock that steps ten minutes ahead and back calls nobody down, and loses and repeats no event', async () => {
  const { time, poll, happen, down, totals } = await scene(0);
  let events = 0;
  for (const error of [0, 10 * MINUTE, 10 * MINUTE, 0, 0]) {
    time.error = error;
    await poll();
    expect(down()).toEqual([]);
    happen();
    events += 1;
    await poll();
    expect([down(), await totals()]).toEqual([[], EACH(events)]);
  }
});

test.each([
  ['while it runs', false],
  ['by a restart', true],
])(
  'an exporter that starts eight hours ahead counts on once its clock is right, corrected %s',
  async (_, restarts) => {
    const { time, poll, happen, restart, down, totals } = await scene(8 * HOUR);
    await poll();
    happen();
    await poll();
    const before = await totals();
    time.error = 0;
    if (restarts) await restart();
    await poll();
    happen();
    await poll();
    expect(down()).toEqual([]);
    expect(await totals()).toEqual(before.map((total) => total + 1));
    await restart();
    happen();
    await poll();
    expect(await totals()).toEqual(before.map((total) => total + 2));
  },
);

test.each([
  ['while it runs', false],
  ['by a restart', true],
])(
  'an exporter that starts ten minutes behind repeats no event, and counts the new ones once its clock is right, corrected %s',
  async (_, restarts) => {
    const { time, poll, happen, restart, down, totals } = await scene(0);
    await poll();
    let events = 0;
    for (; events < 12; events += 1) {
      happen();
      await poll();
    }
    time.error = -10 * MINUTE;
    await restart();
    await poll();
    expect([down(), await totals()]).toEqual([[], EACH(events)]);
    happen();
    await poll();
    time.error = 0;
    if (restarts) await restart();
    await poll();
    expect([down(), await totals()]).toEqual([[], EACH(events + 1)]);
  },
);

test('what a state file dates in the future is let go with a log line', async () => {
  const { time, log, poll, restart } = await scene(8 * HOUR);
  await poll();
  time.error = 0;
  await restart();
  expect(log.lines.filter(({ message }) => /ahead|in the future/.test(message))).toHaveLength(1);
});
