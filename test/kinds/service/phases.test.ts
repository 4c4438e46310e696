import { expect, test } from 'vitest';
import { service } from '../../../src/kinds/service/service.ts';
import type { ServiceState } from '../../../src/kinds/service/state.ts';
import { SERVICE_EVENTS_EXAMPLE } from '../../simulator-kit/documented-examples.ts';
import { CONTEXT, once, samplesOf } from '../scripted-api.ts';

type Text = readonly [seconds: number, message: string, eventType?: 'normal' | 'abnormal'];

const START = 1_700_000_000_000;

/** Folds the texts in the given order, each list as one refresh. */
function folded(...refreshes: (readonly Text[])[]): ServiceState {
  const state = service.initialState();
  for (const texts of refreshes) {
    const occurrences = texts
      .map(([seconds, message, eventType = 'normal']) => {
        const at = START + seconds * 1000;
        return once({ at, eventType, message }, at);
      })
      .sort((a, b) => a.at - b.at);
    service.events.fold(state, occurrences, CONTEXT);
  }
  return state;
}

function durations(state: ServiceState): Record<string, number> {
  return Object.fromEntries(
    Object.entries(samplesOf(service, state)).flatMap(([name, value]) => {
      const phase = /phase="(\w+)"/.exec(name)?.[1];
      return phase === undefined ? [] : [[phase, value]];
    }),
  );
}

const DEPLOYMENT: readonly Text[] = [
  [0, 'start to deploy service'],
  [1, 'building image for model [A 1]'],
  [4, 'model (A 1) build image success'],
  [5, 'preparing environment'],
  [10, '[A 1] prepare environment success'],
  [12, '[A 1] schedule resource success'],
  [13, '[A 1] pulling model image'],
  [33, '[A 1] pull image success'],
  [34, '[A 1] starting model'],
];
const PHASES = {
  image_building: 3,
  environment_preparation: 5,
  resource_scheduling: 2,
  image_pulling: 20,
};

test('the documented example', () => {
  const { events } = JSON.parse(SERVICE_EVENTS_EXAMPLE) as {
    events: { event_info: string; occur_time: number }[];
  };
  const state = service.initialState();
  const occurrences = events.map(({ event_info, occur_time }) =>
    once({ at: occur_time, eventType: 'normal' as const, message: event_info }, occur_time),
  );
  service.events.fold(state, occurrences, CONTEXT);
  expect(durations(state)).toEqual({
    image_building: 0.017,
    environment_preparation: 20.171,
    resource_scheduling: 0.006,
    image_pulling: 56.642,
  });
});

test.each(['[A 1] start model success', 'Service fraud-model started.', 'Service fraud_2 started'])(
  'startup ends with "%s"',
  (text) => {
    expect(durations(folded([...DEPLOYMENT, [40, text]]))).toEqual({ ...PHASES, model_startup: 6 });
  },
);

test.each([
  'The service is being started.',
  'Failed to start service fraud-model.',
  'Service fraud-model failed. Error: the container was started.',
  'service started',
])('startup does not end with "%s"', (text) => {
  expect(durations(folded([...DEPLOYMENT, [40, text]]))).toEqual(PHASES);
});

test('whatever order and however many refreshes the texts come in, the durations are the same', () => {
  const texts: readonly Text[] = [...DEPLOYMENT, [40, 'Service a started.']];
  const expected = { ...PHASES, model_startup: 6 };
  for (let seed = 0; seed < 50; seed += 1) {
    const shuffled = texts.toSorted(([a], [b]) => Math.sin(a * 7 + seed) - Math.sin(b * 7 + seed));
    expect(durations(folded(shuffled))).toEqual(expected);
    expect(durations(folded(...shuffled.map((text) => [text])))).toEqual(expected);
  }
});

test('each model has runs of its own, and the one that ended last is shown', () => {
  const state = folded([
    [0, 'start to deploy service'],
    [1, 'building image for model [A 1]'],
    [2, 'building image for model [B 2]'],
    [3, 'model (B 2) build image success'],
    [9, 'model (A 1) build image success'],
    [10, 'preparing environment'],
    [12, '[A 1] prepare environment success'],
    [17, '[B 2] prepare environment success'],
    [18, '[A 1] schedule resource success'],
    [20, '[B 2] schedule resource success'],
    [21, '[B 2] pulling model image'],
    [22, '[A 1] pulling model image'],
    [29, '[A 1] pull image success'],
    [30, '[A 1] starting model'],
    [31, '[B 2] pull image success'],
    [32, '[B 2] starting model'],
  ]);
  const shown = {
    image_building: 8,
    environment_preparation: 7,
    resource_scheduling: 3,
    image_pulling: 10,
  };
  expect(durations(state)).toEqual(shown);
  // All that is still starting ends together: the longest is how long it took.
  const started = { eventType: 'normal', message: 'Service s started.', at: START + 40_000 } as const;
  service.events.fold(state, [once(started, started.at)], CONTEXT);
  expect(durations(state)).toEqual({ ...shown, model_startup: 10 });
});

test('of models that end at once the longest is shown, whichever started first', () => {
  for (const models of [
    ['A', 'B'],
    ['B', 'A'],
  ]) {
    const texts = models.map((model, n): Text => [10 * n, `[${model}] pulling model image`]);
    const ends = ['A', 'B'].map((model): Text => [30, `[${model}] pull image success`]);
    expect(durations(folded([...texts, ...ends]))).toEqual({ image_pulling: 30 });
  }
});

test('a model that ended its startup by itself is not ended again', () => {
  const state = folded([
    [30, '[A 1] starting model'],
    [35, '[B 2] starting model'],
    [39, '[A 1] start model success'],
    [50, 'Service s started.'],
  ]);
  expect(durations(state)).toEqual({ model_startup: 15 });
});

test('a repeated start begins the run anew; an end without a start is nothing', () => {
  expect(
    durations(
      folded([
        [0, '[A 1] pulling model image'],
        [5, 'failed to pull image, retry later', 'abnormal'],
        [60, '[A 1] pulling model image'],
        [70, '[A 1] pull image success'],
        [90, '[A 1] pull image success'],
        [95, '[B 2] pull image success'],
      ]),
    ),
  ).toEqual({ image_pulling: 10 });
});

test('a new deployment does not end the runs that the one before left open', () => {
  expect(
    durations(
      folded([
        [0, '[A 1] pulling model image'],
        [5, 'start to deploy service'],
        [70, '[A 1] pull image success'],
      ]),
    ),
  ).toEqual({});
});

test('what starts again after a rollback ends no run of the version that failed', () => {
  const state = folded(DEPLOYMENT, [
    [60, 'Failed to start service s.', 'abnormal'],
    [61, 'Failed to update the service. Perform a rollback.', 'abnormal'],
    [90, 'Failed to update the service. The update has been rolled back.'],
    [91, 'Service s started.'],
  ]);
  expect(durations(state)).toEqual(PHASES);
});

test('the latest run wins, also where an older one comes late', () => {
  const later: readonly Text[] = [
    [100, '[A 1] pulling model image'],
    [101, '[A 1] pull image success'],
  ];
  expect(durations(folded(later, DEPLOYMENT))['image_pulling']).toBe(1);
  expect(durations(folded(DEPLOYMENT, later))['image_pulling']).toBe(1);
});

test('a run that a late start corrects is corrected', () => {
  const texts: readonly Text[] = [
    [0, '[A 1] pulling model image'],
    [70, '[A 1] pull image success'],
  ];
  expect(durations(folded(texts, [[60, '[A 1] pulling model image']]))).toEqual({ image_pulling: 10 });
});

test('starts without end are bounded', () => {
  const texts = Array.from({ length: 5_000 }, (_, n): Text => [n, `[M ${n}] pulling model image`]);
  expect(folded(texts).marks.length).toBeLessThan(1_000);
  const [long] = folded([[0, `[${'m'.repeat(10_240)}] pulling model image`]]).marks;
  expect(JSON.stringify(long).length).toBeLessThan(1_000);
});

test.each([
  ['failed to pull image, retry later', 'image_pulling'],
  ['Failed to create model image a. For details, see logs :\nno space', 'image_building'],
  ['Failed to create the image.', 'image_building'],
  ['Insufficient resources. Wait until idle resources are sufficient.', 'resource_scheduling'],
  ['Schedule failed due to insufficient resources. Retry later.', 'resource_scheduling'],
  ['3 node(s) had taint {node.kubernetes.io/disk-pressure: }', 'resource_scheduling'],
  ['Failed to start service s.', 'model_startup'],
  ['Service deployment timed out. Error: x', 'model_startup'],
  ['Service s failed. Error: x', 'model_startup'],
  ['Service s failed. Error: failed to pull image', 'image_pulling'],
  ['The health check failed.', 'model_startup'],
  ['服务部署失败，x。', 'model_startup'],
  ['服务部署超时，错误信息：服务部署时间超过20分钟，设置为失败。', 'model_startup'],
  ['镜像拉取失败', 'image_pulling'],
  ['资源不足，调度失败', 'resource_scheduling'],
  ['Failed to update the service. Perform a rollback.', undefined],
  ['', undefined],
])('the alert of "%s" names the phase %s', (message, phase) => {
  const problem = service.alerts.problem({ at: START, eventType: 'abnormal', message });
  expect(problem?.labels).toEqual(phase === undefined ? {} : { phase });
});

test.each([
  ['Failed to update the service. The update has been rolled back.', 'ModelArtsServiceRolledBack'],
  ['Service instances deleted from resource pool p.', 'ModelArtsServiceInstancesLost'],
  ['Service instances stopped in resource pool p.', 'ModelArtsServiceInstancesLost'],
  ['The service stops when the auto stop time expires.', 'ModelArtsServiceAutoStopped'],
  ['The subscription license x is to expire.', 'ModelArtsServiceLicenceExpiring'],
  ['The service has been stopped.', undefined],
  ['Auto stop has been enabled. The service will stop after 3s.', undefined],
])('the normal event "%s" raises %s', (message, alertname) => {
  const problem = service.alerts.problem({ at: START, eventType: 'normal', message });
  expect(problem?.alertname).toBe(alertname);
  if (problem !== undefined) expect(problem.severity).toBe('warning');
});

test('a text made to be slow does not hold up the rest', () => {
  for (const part of ['image ', '[', ']', 'pulling the model ', '[a] ', 'build the ']) {
    const message = part.repeat(1_000_000 / part.length);
    service.alerts.problem({ at: START, eventType: 'abnormal', message });
    folded([[0, message]]);
  }
});
