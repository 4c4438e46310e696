import { expect, test } from 'vitest';
import type { ServiceEvent } from '../../../src/kinds/inference-service/events.ts';
import { inferenceService } from '../../../src/kinds/inference-service/inference-service.ts';
import { type InferenceServiceState, initialState } from '../../../src/kinds/inference-service/state.ts';
import { CONTEXT, NOW, once } from '../scripted-api.ts';

const { alerts, listing, events } = inferenceService;

const say = (eventType: ServiceEvent['eventType'], message: string): ServiceEvent => ({ eventType, message });

test.each([
  ['abnormal', '服务部署失败，资源不足。', 'AbnormalEvent', 'failed to deploy', 'resource_scheduling'],
  [
    'abnormal',
    '服务部署超时，错误信息：服务部署时间超过20分钟，设置为失败。',
    'AbnormalEvent',
    'took too long to deploy',
    'model_startup',
  ],
  ['abnormal', '服务删除失败，当前状态：RUNNING，超时。', 'AbnormalEvent', 'could not be deleted', undefined],
  ['abnormal', '批量服务删除失败，超时。', 'AbnormalEvent', 'could not be deleted', undefined],
  ['abnormal', '服务异常，不正常的实例数为2', 'AbnormalEvent', 'has abnormal instances', undefined],
  [
    'warning',
    'Failed to start the pod container in deployment [main].',
    'WarningEvent',
    'could not start a pod',
    'model_startup',
  ],
  ['abnormal', 'A text that nobody knows', 'AbnormalEvent', 'reported an abnormal event', undefined],
  ['warning', 'A text that nobody knows', 'WarningEvent', 'reported a warning', undefined],
  [
    'normal',
    'Failed to update the service. The update has been rolled back.',
    'RolledBack',
    'was rolled back',
    undefined,
  ],
  ['normal', '升级失败，已回滚。', 'RolledBack', 'was rolled back', undefined],
] as const)('%s "%s" raises %s: %s', (type, message, alertname, summary, phase) => {
  expect(alerts.problem(say(type, message))).toEqual({
    alertname: `ModelArtsInferenceService${alertname}`,
    severity: 'warning',
    summary,
    labels: phase === undefined ? {} : { phase },
    message,
  });
});

test('normal events, unknown ones and those of pods raise nothing', () => {
  expect(alerts.problem(say('normal', 'The service is deployed.'))).toBeUndefined();
  expect(alerts.problem(say('other', 'whatever'))).toBeUndefined();
  const ofPod = { deployment: 'd', type: 'warning', reason: 'BackOff', message: 'm' } as const;
  expect(alerts.problem(ofPod)).toBeUndefined();
});

/** A service whose listing shows one status after the other, a minute apart. */
function shown(...statuses: string[]): InferenceServiceState {
  const state = initialState();
  for (const [index, status] of statuses.entries()) listing.fold(state, { status }, NOW + index * 60_000);
  return state;
}

test.each([
  ['failed', 'critical'],
  ['error', 'critical'],
  ['concerning', 'warning'],
])('status %s is %s since it was seen, until any other', (status, severity) => {
  const state = shown('running', status);
  expect(alerts.conditions(state)).toMatchObject([
    { alertname: 'ModelArtsInferenceServiceFailed', severity, since: NOW + 60_000, events: 0 },
  ]);
  listing.fold(state, { status: 'upgrading' }, NOW + 120_000);
  expect(alerts.conditions(state)).toEqual([]);
});

test('a failure is dated and told by the event beside the last change of the service, else by that change', () => {
  const told = { since: NOW - 610_000, at: NOW - 605_000, message: 'no image', events: 3, expires: false };
  const list = (state: InferenceServiceState) =>
    listing.fold(state, { status: 'failed', changedAt: NOW - 612_000 }, NOW);
  const tell = (state: InferenceServiceState) => {
    const trouble = say('abnormal', 'no image');
    events.fold(state, [once(trouble, NOW - 610_000), once(trouble, NOW - 605_000, 2)], CONTEXT);
  };
  for (const inOrder of [
    [list, tell],
    [tell, list],
  ]) {
    const state = initialState();
    for (const happen of inOrder) happen(state);
    expect(alerts.conditions(state)).toMatchObject([told]);
  }
  const untold = initialState();
  list(untold);
  expect(alerts.conditions(untold)).toMatchObject([{ since: NOW - 612_000, events: 0 }]);
  const old = initialState();
  listing.fold(old, { status: 'failed', changedAt: NOW }, NOW);
  events.fold(old, [once(say('abnormal', 'of days before'), NOW - 9e7)], CONTEXT);
  expect(alerts.conditions(old)).toMatchObject([{ message: 'The service is failed.' }]);
});

test('a service recovers when it runs again with all its instances, or in another version', () => {
  expect(alerts.recoveries(shown('running', 'running'))).toEqual([]);
  expect(alerts.recoveries(shown('failed', 'upgrading'))).toEqual([]);
  const recovered = shown('concerning', 'running');
  expect(alerts.recoveries(recovered)).toEqual([
    { alertname: 'ModelArtsInferenceServiceAbnormalEvent', at: NOW + 60_000 },
    { alertname: 'ModelArtsInferenceServiceWarningEvent', at: NOW + 60_000 },
  ]);
  const lacking = shown('concerning');
  lacking.deployments = [{ wanted: 2, running: 1 }];
  listing.fold(lacking, { status: 'running' }, NOW + 60_000);
  expect(alerts.recoveries(lacking)).toEqual([]);
  lacking.deployments = [{ wanted: 2, running: 2 }];
  listing.fold(lacking, { status: 'running' }, NOW + 120_000);
  expect(alerts.recoveries(lacking)[0]?.at).toBe(NOW + 120_000);
  const updated = initialState();
  listing.fold(updated, { status: 'running', version: '1.0.0' }, NOW);
  listing.fold(updated, { status: 'running', version: '1.0.1' }, NOW + 60_000);
  expect(alerts.recoveries(updated)[0]?.at).toBe(NOW + 60_000);
  expect(inferenceService.showing.moments(updated)).toMatchObject([
    { at: NOW + 60_000, words: 'version 1.0.1' },
  ]);
});

test('what no listing shows any more is not claimed', () => {
  const state = shown('failed');
  expect(listing.forget(state)).toBe(true);
  expect(alerts.conditions(state)).toEqual([]);
  expect(listing.forget(state)).toBe(false);
});
