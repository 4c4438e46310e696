import { expect, test } from 'vitest';
import { Cloud } from '../../src/simulator/cloud.ts';
import { PROJECT } from '../configuration.ts';
import { startVirtually } from './virtual-exporter.ts';

const NOW = Date.UTC(2026, 0, 10, 12);
const INTERVAL = 30_000;

test.each([1, 7, 100])(
  'with the background schedule each of %d targets is read again within its interval, from the first time on',
  async (count) => {
    const cloud = new Cloud();
    cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
    const ids = Array.from({ length: count }, (_, job) => `job-${job}`);
    for (const id of ids) cloud.addJob(PROJECT, { id, phase: 'Running' });
    const { exporter, pass, clock } = await startVirtually(NOW, {
      cloud,
      projects: [{ training_jobs: ids.map((id) => ({ id })) }],
      settings: { collection: { schedule: 'background', min_interval: `${INTERVAL / 1000}s` } },
    });
    const reads = new Map<string, number[]>();
    while (clock() < NOW + 5 * INTERVAL) {
      await pass(500);
      for (const { id, reads: each } of exporter.collector.targets()) {
        const { lastAttempt } = each.health;
        const known = reads.get(id) ?? [];
        if (lastAttempt !== undefined && known.at(-1) !== lastAttempt) reads.set(id, [...known, lastAttempt]);
      }
    }
    for (const id of ids) {
      const times = reads.get(id) ?? [];
      expect(times.length).toBeGreaterThanOrEqual(4);
      const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
      expect(Math.max(...gaps)).toBeLessThanOrEqual(INTERVAL);
    }
  },
);
