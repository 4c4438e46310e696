import { expect, test } from 'vitest';
import { PROJECT, runExporter } from '../collection/running-exporter.ts';

const NOW = Date.UTC(2026, 0, 10, 12);
const HOUR = 3_600_000;
const DISCOVERY = {
  services: { enabled: true },
  training_jobs: { enabled: true },
  pools: { enabled: true },
};

/** A project that has been in use for a while before the exporter first looks at it. */
async function oldProject() {
  const running = await runExporter({ project: { discovery: DISCOVERY } }, { now: NOW });
  const alerts = async () => {
    await running.exporter.collector.discover();
    await running.poll();
    return running.exporter.alerts().map(({ labels, startsAt, annotations }) => ({
      alertname: labels['alertname'],
      startsAt,
      events: annotations['events'],
      description: annotations['description'],
    }));
  };
  return { cloud: running.cloud, alerts };
}

test('what was over before the first start wakes nobody', async () => {
  const { cloud, alerts } = await oldProject();
  cloud.addJob(PROJECT, {
    id: 'failed',
    phase: 'Failed',
    create_time: NOW - 9 * HOUR,
    start_time: NOW - 8 * HOUR,
    end_time: NOW - 2 * HOUR,
  });
  cloud.addJobEvent('failed', { time: NOW - 2 * HOUR, level: 'Error', source: 'Task', message: 'exit 1' });
  cloud.addJob(PROJECT, { id: 'never-created', phase: 'Failed', create_time: NOW - 9 * HOUR });
  for (const status of ['stopped', 'finished', 'deleting']) {
    cloud.addService(PROJECT, { service_id: status, status, transition_at: NOW - 5 * HOUR });
    cloud.addServiceEvent(status, {
      occur_time: NOW - 6 * HOUR,
      event_type: 'abnormal',
      event_info: 'no quota',
    });
    cloud.addUpdateRecord(status, { update_time: NOW - 6 * HOUR, result: 'FAIL', config: [] });
  }
  cloud.addPool(PROJECT, { name: 'pool', phase: 'Running' });
  cloud.addPoolEvent('pool', {
    type: 'Warning',
    reason: 'PoolStatusChange',
    message: 'Pool status changed, from Running to Abnormal.',
    firstTimestamp: NOW - 3 * HOUR,
  });
  expect(await alerts()).toEqual([]);
});

test('what is wrong at the first start is dated and worded by the event that explains it', async () => {
  const { cloud, alerts } = await oldProject();
  const abnormal = 'Pool status changed, from Running to Abnormal.';
  cloud.addPool(PROJECT, { name: 'pool', phase: 'Abnormal' });
  cloud.addPoolEvent('pool', {
    type: 'Warning',
    reason: 'PoolStatusChange',
    message: abnormal,
    firstTimestamp: NOW - 3 * HOUR,
  });
  cloud.addService(PROJECT, { service_id: 'service', status: 'failed', transition_at: NOW - 4 * HOUR });
  cloud.addServiceEvent('service', {
    occur_time: NOW - 4 * HOUR,
    event_type: 'abnormal',
    event_info: 'no memory left',
  });
  expect(await alerts()).toEqual([
    {
      alertname: 'ModelArtsServiceFailed',
      startsAt: NOW - 4 * HOUR,
      events: '1',
      description: 'no memory left',
    },
    { alertname: 'ModelArtsPoolAbnormal', startsAt: NOW - 3 * HOUR, events: '1', description: abnormal },
  ]);
});
