import { describe, expect, test } from 'vitest';
import type { PostableAlert } from '../../src/alerting/wire.ts';
import { gatewayError } from '../../src/simulator/answer.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import { DOCUMENTED_DIALECT } from '../../src/simulator/dialect.ts';
import { PROJECT } from '../configuration.ts';
import type { VirtualExporterOptions } from '../simulator-kit/virtual-exporter.ts';
import { startVirtually } from './virtual-exporter.ts';

const NOW = Date.UTC(2026, 0, 10, 12);
const MINUTE = 60_000;
const WORDS = 'in the words of the event';
const LONG_AGO = NOW - 1_000 * MINUTE;

/** One target of each kind, and how it fails at a moment, as its listing and its events tell. */
const KINDS: Readonly<
  Record<string, { readonly add: (cloud: Cloud) => void; readonly fail: (cloud: Cloud, at: number) => void }>
> = {
  ModelArtsServiceFailed: {
    add: (cloud) => cloud.addService(PROJECT, { service_id: 'x', publish_at: LONG_AGO }),
    fail(cloud, at) {
      cloud.setServiceStatus('x', 'failed', at);
      cloud.addServiceEvent('x', { event_type: 'abnormal', event_info: WORDS, occur_time: at });
    },
  },
  ModelArtsInferenceServiceFailed: {
    add: (cloud) => cloud.addInferenceService(PROJECT, { id: 'x' }),
    fail(cloud, at) {
      cloud.setInferenceStatus('x', 'FAILED', at);
      cloud.addInferenceEvent('x', { event_type: 'ABNORMAL', event_info: WORDS, at });
    },
  },
  ModelArtsTrainingJobFailed: {
    add: (cloud) => cloud.addJob(PROJECT, { id: 'x', create_time: LONG_AGO, start_time: LONG_AGO }),
    fail(cloud, at) {
      Object.assign(cloud.job('x'), { phase: 'Failed', end_time: at });
      cloud.addJobEvent('x', { level: 'Error', source: 'K8S', message: WORDS, time: at });
    },
  },
  ModelArtsPoolAbnormal: {
    add: (cloud) => cloud.addPool(PROJECT, { name: 'x' }),
    fail(cloud, at) {
      cloud.pool('x').phase = 'Abnormal';
      const message = `Pool status changed, from Running to Abnormal, details: ${WORDS}.`;
      cloud.addPoolEvent('x', { type: 'Warning', reason: 'PoolStatusChange', message, firstTimestamp: at });
    },
  },
};

const ENABLED = { enabled: true };
const SETTINGS = {
  // What a listing shows is then told long before the next regular read.
  collection: { min_interval: '20m' },
  alerting: { alertmanagers: [{ url: 'http://alertmanager.invalid' }] },
};

/** A target that was healthy, and fails; `instead` holds from then on. */
async function fallen(alertname: string, instead?: VirtualExporterOptions['instead']) {
  const { add, fail } = KINDS[alertname] ?? expect.fail(alertname);
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  add(cloud);
  const told: { readonly at: number; readonly alert: PostableAlert }[] = [];
  let hasFailed = false;
  const { exporter, pass, clock } = await startVirtually(NOW, {
    cloud,
    projects: [
      {
        discovery: { services: ENABLED, inference_services: ENABLED, training_jobs: ENABLED, pools: ENABLED },
      },
    ],
    settings: SETTINGS,
    instead: (operation, path) => (hasFailed ? instead?.(operation, path) : undefined),
    onPost(alerts) {
      for (const alert of alerts)
        if (alert.labels['alertname'] === alertname) told.push({ at: clock(), alert });
    },
  });
  await pass(5 * MINUTE);
  expect(told).toEqual([]);
  hasFailed = true;
  const failedAt = clock();
  fail(cloud, failedAt);
  return { exporter, pass, told, failedAt };
}

/** What is told first of a target that fails so. */
async function failing(...how: Parameters<typeof fallen>) {
  const { pass, told, failedAt } = await fallen(...how);
  await pass(5 * MINUTE);
  const [first = expect.fail('nothing was told')] = told;
  return { ...first, after: first.at - failedAt };
}

/** A listing comes every 30 s and its read at once; an alert waits for that for another 30 s at most. */
const LISTED_WITHIN = 35_000;
const AWAITED_WITHIN = 35_000;

/** Answers with this status instead of with events. */
function refusingEvents(status: number): VirtualExporterOptions['instead'] {
  return (operation) =>
    operation.endsWith('_events') && !operation.includes('scheduled')
      ? gatewayError(status, '0308', 'no', '0', DOCUMENTED_DIALECT)
      : undefined;
}

describe.each(Object.keys(KINDS))('%s', (alertname) => {
  test('is first told in the words of the event that the listing has had read', async () => {
    const { alert, after } = await failing(alertname);
    expect(alert.annotations['description']).toContain(WORDS);
    expect(after).toBeLessThan(LISTED_WITHIN);
  });

  test('is told all the same where the events cannot be read, or are not answered', async () => {
    for (const status of [500, 429, 401]) {
      const { alert, after } = await failing(alertname, refusingEvents(status));
      expect(alert.annotations['description']).not.toContain(WORDS);
      expect(after).toBeLessThan(LISTED_WITHIN + AWAITED_WITHIN);
    }
  });

  test('is told when the exporter ends before the events were read', async () => {
    const { exporter, pass, told } = await fallen(alertname, refusingEvents(429));
    const isListed = () => exporter.alerts().some(({ labels }) => labels['alertname'] === alertname);
    for (let seconds = 0; seconds < 60 && !isListed(); seconds += 1) await pass(1_000);
    expect(told).toEqual([]);
    const stopped = exporter.stop();
    await pass(10_000);
    await stopped;
    expect(told).toHaveLength(1);
  });
});
