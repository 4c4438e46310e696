import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Exporter } from '../../src/exporter.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import { parseSamples } from '../collection/running-exporter.ts';
import { POOL, PROJECT, SERVICE } from '../configuration.ts';
import { runs } from '../laws.ts';
import { restartingExporter } from './restarting-exporter.ts';

const BEGINNING = Date.parse('2024-05-06T07:00:00Z');
const MINUTE = 60_000;

/** A status that was taken, and when: Unix milliseconds. */
interface Turn {
  readonly at: number;
  readonly status: string;
}

/** Milliseconds between two instants in which the last turn before was to one of the statuses. */
function timeIn(statuses: readonly string[], turns: readonly Turn[], since: number, until: number): number {
  return turns.reduce((sum, { at, status }, index) => {
    const end = turns[index + 1]?.at ?? until;
    return statuses.includes(status) ? sum + Math.max(0, Math.min(end, until) - Math.max(at, since)) : sum;
  }, 0);
}

function shown(exporter: Exporter, series: string): number {
  const samples = parseSamples([...exporter.series.chunks('text')].join(''));
  return [...samples].find(([name]) => name.startsWith(series))?.[1] ?? Number.NaN;
}

const serviceSteps = fc.array(
  fc.record({
    wait: fc.integer({ min: 1, max: 20 * MINUTE }),
    /** How much of the wait is over when the status changes; two changes between two looks look like one. */
    turn: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    status: fc.constantFrom(
      'running',
      'failed',
      'concerning',
      'deploying',
      'stopped',
      'finished',
      'unheard-of',
    ),
    restarts: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

test('the time of a service in good and in bad statuses is the truth, whenever it is listed and over restarts', async () => {
  const hold = async (steps: readonly ServiceStep[]) => {
    const cloud = new Cloud();
    let now = BEGINNING;
    const running = await restartingExporter(cloud, () => now, { services: { enabled: true } });
    const turns: Turn[] = [{ at: BEGINNING - MINUTE, status: 'running' }];
    cloud.addService(PROJECT, { service_id: SERVICE, publish_at: BEGINNING - MINUTE });
    const look = async () => {
      await running.exporter.collector.discover();
      // What the listing shows changed is read at once, and shown after that.
      await running.exporter.collector.collect(Number.POSITIVE_INFINITY);
      await running.exporter.collector.flush();
    };
    try {
      await look();
      for (const { wait, turn, status, restarts } of steps) {
        if (restarts) await running.restart();
        if (turn !== undefined) {
          const at = now + Math.ceil(turn * wait);
          cloud.setServiceStatus(SERVICE, status, at);
          turns.push({ at, status });
        }
        now += wait;
        await look();
        const told = ['good', 'bad'].map((state) =>
          shown(
            running.exporter,
            `modelarts_service_availability_seconds_total{project="prod",service_id="${SERVICE}",service_name="${SERVICE}",state="${state}"}`,
          ),
        );
        const truth = [['running'], ['failed', 'concerning']].map(
          (of) => timeIn(of, turns, BEGINNING, now) / 1000,
        );
        expect(told[0]).toBeCloseTo(truth[0] ?? Number.NaN, 2);
        expect(told[1]).toBeCloseTo(truth[1] ?? Number.NaN, 2);
      }
    } finally {
      await running.close();
    }
  };
  await fc.assert(fc.asyncProperty(serviceSteps, hold), { ...runs(12), endOnFailure: true });
});

interface ServiceStep {
  readonly wait: number;
  readonly turn: number | undefined;
  readonly status: string;
  readonly restarts: boolean;
}

/** What a listing shows changed is read at once, so that no look is a listing alone. */
const LOOKS = {
  reads: ['read'],
  'lists and reads': ['list', 'read'],
  'reads and lists': ['read', 'list', 'read'],
} as const;

const poolSteps = fc.array(
  fc.record({
    wait: fc.integer({ min: 3, max: 900 }),
    /** Seconds after the last look, and what the pool becomes then. */
    turns: fc.array(
      fc.record({
        after: fc.integer({ min: 1, max: 800 }),
        phase: fc.constantFrom('Running', 'Abnormal', 'Error', 'Creating', 'Unheard'),
      }),
      { maxLength: 3 },
    ),
    look: fc.constantFrom(...(Object.keys(LOOKS) as (keyof typeof LOOKS)[])),
    restarts: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

test('the time that a pool is abnormal is the truth, whatever comes first and over restarts', async () => {
  await fc.assert(
    fc.asyncProperty(poolSteps, async (steps) => {
      const cloud = new Cloud();
      let now = BEGINNING;
      const running = await restartingExporter(cloud, () => now, { pools: { enabled: true } });
      const turns: Turn[] = [{ at: BEGINNING - MINUTE, status: 'Running' }];
      cloud.addPool(PROJECT, { name: POOL, display_name: 'gpu' });
      const become = (phase: string, at: number) => {
        const before = turns.at(-1)?.status;
        if (before === phase) return;
        const message = `Pool status changed, from ${before} to ${phase}.`;
        cloud.addPoolEvent(POOL, { type: 'Normal', reason: 'PoolStatusChange', message, firstTimestamp: at });
        cloud.pool(POOL).phase = phase;
        turns.push({ at, status: phase });
      };
      const look = async (how: readonly ('list' | 'read')[]) => {
        const { collector } = running.exporter;
        for (const each of how) {
          if (each === 'list') await collector.discover();
          else await collector.collect(Number.POSITIVE_INFINITY);
        }
        await collector.flush();
      };
      const bad = ['Abnormal', 'Error', 'Unheard'];
      try {
        await look(['list', 'read']);
        for (const { wait, turns: coming, look: how, restarts } of steps) {
          if (restarts) await running.restart();
          const last = now;
          const inOrder = coming.filter(({ after }) => after < wait).sort((a, b) => a.after - b.after);
          for (const { after, phase } of inOrder) become(phase, last + after * 1000);
          now = last + wait * 1000;
          await look(LOOKS[how]);
          const told = shown(running.exporter, 'modelarts_pool_abnormal_seconds_total');
          expect(told).toBeCloseTo(timeIn(bad, turns, BEGINNING, now) / 1000, 2);
        }
      } finally {
        await running.close();
      }
    }),
    { ...runs(12), endOnFailure: true },
  );
});
