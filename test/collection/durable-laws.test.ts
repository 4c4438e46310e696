import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KIND_NAMES, type KindName } from '../../src/kind-table.ts';
import { DEFAULT_TOKEN } from '../../src/simulator/access/credentials.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import type { PoolEvent } from '../../src/simulator/model.ts';
import { runs } from '../laws.ts';
import { Server } from '../metrics/server.ts';
import { countEvents, countUpdates } from '../simulator-kit/ground-truth.ts';
import { createSocketlessSimulator } from '../simulator-kit/socketless-simulator.ts';
import { CrashingExporter } from './crashing-exporter.ts';
import { temporaryFolder } from './temporary-folder.ts';

const PROJECT = '0123456789abcdef0123456789abcdef';
const START = Date.parse('2024-05-06T07:08:09Z');
const MINUTE = 60_000;
/** Longer than any poll takes. */
const PATIENT = 10_000;

type Step =
  | { readonly kind: 'events'; readonly of: KindName; readonly late: number; readonly count: number }
  | { readonly kind: 'update'; readonly result: 'SUCCESS' | 'FAIL' }
  /** Goes on after so many milliseconds, done or not. */
  | { readonly kind: 'poll'; readonly patience: number }
  /** So many milliseconds into a poll that finds an event. */
  | { readonly kind: 'crash'; readonly patience: number; readonly downtime: number }
  | { readonly kind: 'list'; readonly job: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('events' as const),
      of: fc.constantFrom(...KIND_NAMES),
      late: fc.constantFrom(0, 0, 1_000, 4 * MINUTE),
      count: fc.integer({ min: 1, max: 8 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('update' as const),
      result: fc.constantFrom('SUCCESS' as const, 'FAIL' as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('poll' as const), patience: fc.integer({ min: 0, max: 12 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      patience: fc.integer({ min: 0, max: 30 }),
      downtime: fc.constantFrom(0, 1_000, 10 * MINUTE, 40 * 60 * MINUTE),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('list' as const), job: fc.boolean() }) },
);

const EVENTS_PER_POLL = 5;

/** Adds events to a cloud that has one target of each kind; no more pool records than one read may have. */
function happenings(cloud: Cloud) {
  let record: PoolEvent | undefined;
  return (of: KindName, at: number, count: number) => {
    for (let index = 0; index < count; index += 1) {
      // Some of them identical, as the API has no ids.
      const text = index % 3 === 0 ? 'the same' : `event ${index}`;
      if (of === 'service') {
        cloud.addServiceEvent('service', { event_type: 'abnormal', event_info: text, occur_time: at });
      } else if (of === 'inference_service') {
        const { events } = cloud.inferenceService('inference');
        const [repeated] = events;
        // Mostly of other content: those are told apart by their ids.
        if (index === 2 && repeated !== undefined) {
          cloud.repeatInferenceEvent(repeated, Math.max(at, repeated.update_at));
        } else {
          cloud.addInferenceEvent('inference', { event_type: 'ABNORMAL', event_info: text, at });
        }
      } else if (of === 'training_job') {
        cloud.addJobEvent('job', { time: at, level: 'Warning', source: 'Job', message: text });
      } else if (
        record === undefined ||
        (index === 1 && cloud.pool('pool').events.length < EVENTS_PER_POLL)
      ) {
        const reason = 'PoolStatusChange';
        const message = `change ${cloud.pool('pool').events.length}`;
        record = cloud.addPoolEvent('pool', { type: 'Warning', reason, message, firstTimestamp: at });
      } else {
        cloud.growPoolEvent(record, Math.max(at, record.lastTimestamp));
      }
    }
  };
}

function cloudOfFour(): Cloud {
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  cloud.addService(PROJECT, { service_id: 'service' });
  cloud.addInferenceService(PROJECT, { id: 'inference' });
  cloud.addJob(PROJECT, { id: 'job' });
  cloud.addPool(PROJECT, { name: 'pool' });
  return cloud;
}

function settings(url: string, hasJob = true): object {
  return {
    // Few at a time, so that reads go on over several polls and crashes.
    limits: { events_per_poll: EVENTS_PER_POLL },
    api: { retries: 0, rate_limit: 10_000 },
    projects: [
      {
        name: 'prod',
        region: 'cn-north-4',
        project_id: PROJECT,
        endpoint: url,
        auth: { token: DEFAULT_TOKEN },
        services: [{ id: 'service' }],
        inference_services: [{ id: 'inference' }],
        training_jobs: hasJob ? [{ id: 'job' }] : [],
        pools: [{ name: 'pool' }],
      },
    ],
  };
}

const CLASSES = [
  'service abnormal',
  'inference_service abnormal',
  'training_job warning job',
  'pool warning PoolStatusChange',
];

function truthOf(cloud: Cloud): Map<string, number> {
  const truth = new Map(CLASSES.map((name) => [name, 0]));
  for (const { kind, classes, count } of countEvents(cloud, START)) {
    truth.set([kind, ...classes].join(' '), count);
  }
  const { success = 0, fail = 0 } = countUpdates(cloud, START).get('service') ?? {};
  for (const name of CLASSES) truth.set(`all ${name.split(' ')[0]}`, truth.get(name) ?? 0);
  return truth.set('success', success).set('fail', fail);
}

function shown(totals: ReadonlyMap<string, number>): Map<string, number> {
  const value = (name: string, ...labels: string[]) =>
    [...totals].find(
      ([series]) => series.startsWith(name) && labels.every((label) => series.includes(label)),
    )?.[1];
  const counts: [string, number | undefined][] = [
    ['service abnormal', value('modelarts_service_events_total', 'abnormal')],
    ['inference_service abnormal', value('modelarts_inference_service_events_total', 'abnormal')],
    [
      'training_job warning job',
      value('modelarts_training_job_events_total', 'level="warning"', 'source="job"'),
    ],
    [
      'pool warning PoolStatusChange',
      value('modelarts_pool_events_total', 'type="warning"', 'PoolStatusChange'),
    ],
    ...KIND_NAMES.map((kind): [string, number | undefined] => [
      `all ${kind}`,
      value('modelarts_events_total', `kind="${kind}"`, 'problem="true"'),
    ]),
    ['success', value('modelarts_service_updates_total', 'success')],
    ['fail', value('modelarts_service_updates_total', 'fail')],
  ];
  return new Map(counts.map(([name, count]) => [name, count ?? Number.NaN]));
}

test('polls, saves, crashes and restarts at any moments count every event once and never go back', async () => {
  const folder = await temporaryFolder();
  let stories = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 30 }), async (script) => {
      let now = START;
      const clock = () => now;
      const cloud = cloudOfFour();
      const happen = happenings(cloud);
      const { url, createExchange } = createSocketlessSimulator({ now: clock, cloud });
      stories += 1;
      const exporter = new CrashingExporter({
        folder: join(folder, String(stories)),
        clock,
        settings: settings(url),
        createExchange(options) {
          const exchange = createExchange(options);
          return async (call) => {
            // Long enough to die before it arrives, and after.
            await sleep(1);
            const answer = await exchange(call);
            await sleep(1);
            return answer;
          };
        },
      });
      const poll = async (patience: number) => {
        now += 30_000;
        const { collector } = exporter.exporter;
        await Promise.race([collector.collect(Number.POSITIVE_INFINITY), sleep(patience)]);
      };
      const server = new Server();
      const connection = { destroyed: false };
      const scrape = () => {
        const { scrapers, series, metrics, collector } = exporter.exporter;
        const begun = scrapers.arrive({ name: 'server', connection, timeout: 1_000 }, 'everything');
        begun.begin();
        const targets = [...series.chunks('text', { isScrape: true })].join('');
        server.take(targets + metrics.eventTotals.text('text', true));
        begun.end();
        collector.revealCounters('everything');
      };
      try {
        await exporter.start();
        scrape();
        for (const step of script) {
          now += 1_000;
          if (step.kind === 'events') happen(step.of, Math.max(START, now - step.late), step.count);
          if (step.kind === 'update') {
            cloud.addUpdateRecord('service', { result: step.result, update_time: now, config: [] });
          }
          if (step.kind === 'poll') await poll(step.patience);
          if (step.kind === 'crash') {
            happen('service', now, 1);
            await poll(step.patience);
            exporter.crash();
            now += step.downtime;
            await exporter.start();
          }
          if (step.kind === 'list') await exporter.configure(settings(url, step.job));
          exporter.totals();
          scrape();
        }
        await exporter.configure(settings(url));
        const isWhole = () => isDeepStrictEqual(shown(exporter.totals()), truthOf(cloud));
        const all = () => expect(shown(exporter.totals())).toEqual(truthOf(cloud));
        // A read of many events takes several polls; the update logs are asked for after half an hour.
        for (let round = 0; round < 60 && !isWhole(); round += 1) {
          now += 31 * MINUTE;
          await poll(PATIENT);
        }
        all();
        now += 31 * MINUTE;
        await poll(PATIENT);
        all();
        // Each counter that was born is seen at 0, and then, when that is saved, with its value.
        for (let round = 0; round < 3; round += 1) {
          scrape();
          await exporter.exporter.collector.flush();
        }
        expect(shown(server.gained)).toEqual(truthOf(cloud));
        exporter.crash();
        await exporter.start();
        all();
        const logged = exporter.lines.filter((line) => line.includes('"training_job"'));
        expect(new Set(logged).size).toBe(new Set(cloud.job('job').events.map(identity)).size);
      } finally {
        await exporter.end();
      }
    }),
    // Each run differs in its timing, so that there is little to shrink.
    { ...runs(25), endOnFailure: true },
  );
});

function identity({ time, message }: { time: number; message: string }): string {
  return `${time} ${message}`;
}
