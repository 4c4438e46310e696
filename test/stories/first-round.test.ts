import { expect, test } from 'vitest';
import { Cloud } from '../../src/simulator/cloud.ts';
import { PROJECT } from '../configuration.ts';
import { startVirtually } from './virtual-exporter.ts';

const NOW = Date.UTC(2026, 0, 10, 12);
const MINUTE = 60_000;
const JOBS = 150;
const EVENTS = 350;
/** Requests per second: the first round takes about 600 of them. */
const RATE = 5;

/** Jobs that have run for half a day, each with a history of several pages. */
function busyCloud(): Cloud {
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  for (let job = 0; job < JOBS; job += 1) {
    const id = `job-${job}`;
    cloud.addJob(PROJECT, { id, name: id, phase: 'Running', create_time: NOW - 720 * MINUTE });
    for (let event = EVENTS; event > 0; event -= 1) {
      const time = NOW - 2 * event * MINUTE;
      cloud.addJobEvent(id, { time, level: 'Info', source: 'Task', message: `[worker-0] step ${event}` });
    }
  }
  return cloud;
}

test('nothing is down before its turn came, however long the first round takes', async () => {
  const { exporter, pass, clock } = await startVirtually(NOW, {
    cloud: busyCloud(),
    projects: [
      {
        api: { rate_limit: RATE },
        training_jobs: Array.from({ length: JOBS / 2 }, (_, job) => ({ id: `job-${job}` })),
        discovery: { training_jobs: { enabled: true } },
      },
    ],
  });
  const { collector } = exporter;
  const unread = () => collector.targets().filter(({ reads }) => !reads.hasSucceeded);
  const down = new Set<string>();
  let firstRound: number | undefined;
  while (clock() < NOW + 4 * MINUTE) {
    await pass(2_000);
    for (const { labels } of exporter.alerts()) down.add(`${labels['alertname']} ${labels['target']}`);
    if (collector.targets().length === JOBS && unread().length === 0) firstRound ??= clock() - NOW;
  }
  expect([...down]).toEqual([]);
  // Longer than the three intervals after which a target is down that could have been read.
  expect(firstRound).toBeGreaterThan(90_000);
});
