import { expect, test } from 'vitest';
import { Cloud } from '../../src/simulator/cloud.ts';
import { countEvents, countUpdates } from './ground-truth.ts';

const T = 1_700_000_000_000;

test('counts per target and class within bounds, pool events as often as they happened', () => {
  const cloud = new Cloud();
  cloud.addProject({ id: 'p', name: 'region' });
  cloud.addService('p', { service_id: 's' });
  cloud.addJob('p', { id: 'j' });
  cloud.addPool('p', { name: 'pool' });
  for (const occur_time of [T - 1, T, T, T + 9000]) {
    cloud.addServiceEvent('s', { event_type: 'abnormal', event_info: 'x', occur_time });
  }
  // of the epoch's own second, although before its milliseconds
  cloud.addJobEvent('j', { time: T, level: 'Error', source: 'K8s', message: 'm' });
  cloud.addJobEvent('j', { time: T, level: 'Error', source: 'K8S', message: 'm' });
  const event = { type: 'Warning', reason: 'PoolStatusChange', message: 'm', firstTimestamp: T - 60_000 };
  cloud.growPoolEvent(cloud.addPoolEvent('pool', { ...event, count: 2, lastTimestamp: T }), T + 1000, 3);
  cloud.addUpdateRecord('s', { result: 'FAIL', update_time: T, config: [] });
  cloud.addUpdateRecord('s', { result: 'SUCCESS', update_time: T - 1, config: [] });

  const since = T + 5;
  const truth = (kind: string) => countEvents(cloud, since, T + 5000).filter((each) => each.kind === kind);
  expect(countEvents(cloud, T, T + 5000)[0]).toEqual({
    project: 'p',
    kind: 'service',
    target: 's',
    classes: ['abnormal'],
    count: 2,
    countMax: 2,
  });
  expect(truth('service')).toEqual([]);
  expect(truth('training_job')).toMatchObject([{ target: 'j', classes: ['error', 'k8s'], count: 2 }]);
  expect(truth('pool')).toMatchObject([
    { target: 'pool', classes: ['warning', 'PoolStatusChange'], count: 4 },
  ]);
  // Its second time was before, and its first one is known to have been.
  const later = countEvents(cloud, T + 1000);
  expect(later.filter(({ kind }) => kind === 'pool')).toMatchObject([{ count: 3, countMax: 4 }]);
  expect(countEvents(cloud, T + 2000)).toMatchObject([{ kind: 'service' }]);
  expect(countUpdates(cloud, T).get('s')).toEqual({ success: 0, fail: 1 });
});
