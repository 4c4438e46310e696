import { expect, onTestFinished, test, vi } from 'vitest';
import { EventLog } from '../../src/event-log/event-log.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import { systemTimers } from '../../src/timers.ts';
import { temporaryFolder } from '../collection/temporary-folder.ts';
import { configOf, PROJECT, prodAt } from '../configuration.ts';
import { WAIT } from '../patience.ts';
import { createSocketlessSimulator } from '../simulator-kit/socketless-simulator.ts';
import { recordingLog } from '../state/state-entries.ts';
import { createTestExporter } from '../test-exporter.ts';

const START = Date.UTC(2026, 0, 10, 12);
const MINUTE = 60_000;
const JOBS = ['a', 'b', 'c'];
/** Of each job; together more than fits in the memory for lines that wait. */
const EVENTS = 30;
const TEXT = 'x'.repeat(800_000);

test('what an event log that nobody reads has lost is written after a restart with a state file', async () => {
  const time = { now: START };
  const clock = () => time.now;
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  for (const id of JOBS) cloud.addJob(PROJECT, { id });
  // Over HTTP most of the time would go into sending so much.
  const { url, createExchange } = createSocketlessSimulator({ now: clock, cloud });
  const config = configOf({
    api: { retries: 0, timeout: '60s' },
    state: { file: `${await temporaryFolder()}/state` },
    projects: [{ ...prodAt(url), training_jobs: JOBS.map((id) => ({ id })) }],
  });
  const log = recordingLog();
  const written: string[] = [];
  const start = async (write: (bytes: Buffer) => Promise<number>) => {
    const eventLog = new EventLog({ write, release: async () => {} }, systemTimers, log);
    const exporter = await createTestExporter(config, {
      clock,
      durable: true,
      log,
      eventLog,
      createExchange,
    });
    const poll = async () => {
      time.now += MINUTE;
      await exporter.collector.collect(Number.POSITIVE_INFINITY);
      await exporter.collector.flush();
    };
    const lostLines = async () =>
      /^modelarts_exporter_event_log_lost_lines_total (\d+)$/m.exec(await exporter.metrics.text('text'))?.[1];
    return { exporter, poll, lostLines };
  };
  const messages = () => log.lines.map(({ message }) => message);

  const first = await start(() => new Promise(() => {}));
  await first.poll();
  for (const id of JOBS)
    for (let event = 0; event < EVENTS; event += 1)
      cloud.addJobEvent(id, {
        time: START + MINUTE + event * 1_000,
        level: 'Info',
        source: 'Task',
        message: `${id} ${event} ${TEXT}`,
      });
  await first.poll();
  expect(Number(await first.lostLines())).toBeGreaterThan(0);
  expect(messages()).toContain('writing the event log failed');
  expect(messages()).toContain('saving the state failed; a restart would lose what came since');
  await first.exporter.stop();

  const second = await start(async (bytes) => {
    written.push(...bytes.toString().trimEnd().split('\n'));
    return bytes.length;
  });
  onTestFinished(() => second.exporter.stop());
  await second.poll();
  await vi.waitFor(() => expect(written.length).toBeGreaterThanOrEqual(JOBS.length * EVENTS), WAIT);
  const told = new Set(written.map((line) => JSON.parse(line).message));
  expect([told.size, written.length]).toEqual([JOBS.length * EVENTS, JOBS.length * EVENTS]);
  expect(await second.lostLines()).toBe('0');
});
