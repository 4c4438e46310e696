import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Target } from '../../src/collection/target.ts';
import type { TargetRecord } from '../../src/collection/target-record.ts';
import { targetSeries } from '../../src/collection/target-series.ts';
import type { ProjectConfig } from '../../src/config/config.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { KIND_NAMES, type KindName } from '../../src/kind-table.ts';
import { KINDS } from '../../src/kinds/kinds.ts';
import { LabelBounds } from '../../src/metrics/label-bounds.ts';
import type { Api, ApiRequest, Operation } from '../../src/modelarts/api.ts';
import { ApiError } from '../../src/modelarts/errors.ts';
import { systemTimers } from '../../src/timers.ts';
import { anyCharacter } from '../any-character.ts';
import { runs } from '../laws.ts';
import { parseSample } from '../metrics/parse.ts';
import { keptSeries } from './kept-series.ts';
import { VALID_BODIES } from './valid-bodies.ts';

const NOW = Date.UTC(2026, 0, 10, 12);

const ANSWERS: Partial<Record<Operation, unknown>> = {
  service_events: {
    service_name: 'mnist',
    total_count: 2,
    events: [
      { event_type: 'normal', event_info: 'start to deploy service', occur_time: NOW - 5_000 },
      { event_type: 'abnormal', event_info: 'failed to pull image, retry later', occur_time: NOW - 1_000 },
    ],
  },
  service_update_logs: {
    logs: [
      { result: 'RUNNING', update_time: NOW, config: [] },
      {
        result: 'FAIL',
        update_time: NOW - 9_000,
        success_num: 1,
        config: [{ model_id: 'm', model_name: 'n', model_version: '1', weight: 100, instance_count: 2 }],
      },
    ],
  },
  training_job_events: {
    total: '2',
    events: [
      {
        time: '2026-01-10T20:00:00+08:00',
        level: 'Info',
        source: 'Task',
        message: '[worker-0] Training finished. Exit code 1.',
      },
      { time: '2026-01-10T12:00:00Z', level: 'Error', source: 'K8s', message: 'Training job failed.' },
    ],
  },
  pool_events: {
    metadata: { continue: '' },
    items: [
      {
        type: 'Warning',
        reason: 'PoolStatusChange',
        count: 3,
        firstTimestamp: '2026-01-10T11:00:00Z',
        lastTimestamp: '2026-01-10T12:00:00Z',
        message: 'Pool status changed, from Running to Abnormal, details: .',
      },
    ],
  },
  inference_service_events: {
    total: 2,
    data: [
      { id: 'e-1', event_type: 'WARNING', event_info: 'retry later', event_count: 3, update_at: NOW - 1_000 },
      {
        event_type: 'ABNORMAL',
        event_info_cn: '服务部署失败，资源不足。',
        event_count: 1,
        create_at: NOW - 5_000,
      },
    ],
  },
  show_inference_service: VALID_BODIES.show_inference_service,
  list_inference_services: VALID_BODIES.list_inference_services,
  list_services: {
    total_count: 1,
    services: [{ service_id: 's', service_name: 'n', status: 'failed', infer_type: 'edge' }],
  },
  list_training_jobs: {
    count: 1,
    items: [
      {
        metadata: { id: 'j', name: 'n', create_time: NOW - 9_000 },
        status: {
          phase: 'Failed',
          start_time: NOW,
          running_records: [{ recover_records: [{ fault_scenario: 'chip_fault' }] }],
        },
        spec: { resource: { node_count: 1 } },
      },
    ],
  },
  list_pools: {
    items: [
      {
        metadata: { name: 'p', labels: { 'os.modelarts/name': 'lab' } },
        status: { phase: 'Running', resources: { available: [{ count: 1 }], abnormal: { count: 2 } } },
      },
    ],
  },
  list_scheduled_events: {
    count: 1,
    events: [
      {
        id: 'e',
        type: 'node_reboot',
        state: 'scheduled',
        nodeName: 'n',
        poolName: 'p',
        notBefore: '2026-01-11T12:00:00Z',
      },
    ],
  },
};

const strange = fc.oneof(
  fc.constantFrom<unknown>(null, true, -1, 0, 1e308, 2 ** 53, '', ' ', '__proto__', 'constructor', [], {}, [
    [],
  ]),
  fc.string({ unit: anyCharacter, maxLength: 40 }),
  fc.constantFrom(
    '"\\\n\0\r',
    '\ud800',
    'x'.repeat(10_000),
    '{{ $labels }}',
    '<script>',
    '2026-01-10T12:00:00',
  ),
  fc.integer({ min: NOW - 1e7, max: NOW + 1e7 }),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Where to strike, what comes there, and how. */
const strike = fc.tuple(fc.nat(), strange, fc.constantFrom('replace', 'drop', 'repeat', 'add'));
const strikes = fc.array(strike, { maxLength: 4 });

type Container = Record<string, unknown> | unknown[];

function mutate(body: unknown, all: readonly (readonly [number, unknown, string])[]): unknown {
  const copy: { root: unknown } = { root: structuredClone(body) };
  for (const [where, original, how] of all) {
    const value = structuredClone(original);
    const places: [Container, string][] = [];
    const walk = (container: Container) => {
      for (const [key, inner] of Object.entries(container)) {
        places.push([container, key]);
        if (typeof inner === 'object' && inner !== null) walk(inner as Container);
      }
    };
    walk(copy);
    const place = places[where % places.length];
    if (place === undefined) continue;
    const [container, key] = place;
    if (Array.isArray(container)) {
      if (how === 'drop') container.splice(Number(key), 1);
      else if (how === 'repeat') container.push(structuredClone(container[Number(key)]));
      else if (how === 'add') container.push(value);
      else container[Number(key)] = value;
    } else if (how === 'drop') delete container[key];
    else container[key] = value;
  }
  // As it comes over the wire.
  return JSON.parse(JSON.stringify(copy.root ?? null));
}

/** Answers each operation in the same way, however often it is asked. */
function apiOf(all: readonly (readonly [number, unknown, string])[]): Api {
  const bodies = new Map<Operation, unknown>();
  return {
    async request({ operation }: ApiRequest) {
      if (!bodies.has(operation)) bodies.set(operation, mutate(ANSWERS[operation], all));
      return bodies.get(operation);
    },
  };
}

function projectOf(poolEvents: string): ProjectConfig {
  const text = `projects: [{ name: p, region: r, project_id: i, pool_events: ${poolEvents}, auth: { token: t } }]`;
  const parsed = parseConfig(text, { file: 'config.yaml', env: {}, directory: '/' });
  if (!parsed.ok || parsed.config.projects[0] === undefined)
    throw new Error('the test has a bad configuration');
  return parsed.config.projects[0];
}

const PROJECTS = { continue: projectOf('continue'), offset: projectOf('offset') };

const SETTINGS = {
  lookback: 86_400_000,
  overlap: 300_000,
  window: 3_600_000,
  countingSince: NOW - 86_400_000,
  limits: { eventsPerPoll: 100, poolReasons: 5, labelValues: 100, workers: 3, responseBytes: 1e6 },
};

/** The target's series by name and labels; fails on a duplicate or a line that does not parse. */
function seriesOf(target: Target, now: number): Map<string, number> {
  const series = new Map<string, number>();
  for (const lines of targetSeries(target, now, new LabelBounds(100)).values()) {
    for (const line of lines.split('\n').slice(0, -1)) {
      const { name, labels, value } = parseSample(line);
      // A target may be renamed in between.
      const { service_name: _, inference_service_name: __, ...others } = labels;
      const key = JSON.stringify([name, others]);
      if (series.has(key)) throw new Error(`series twice: ${key}`);
      series.set(key, Number(value));
    }
  }
  return series;
}

const cases = fc.record({
  kind: fc.constantFrom<KindName>(...KIND_NAMES),
  poolEvents: fc.constantFrom('continue' as const, 'offset' as const),
  rounds: fc.array(strikes, { minLength: 1, maxLength: 3 }),
});

test('whatever bodies hold, reads end well, counters only grow and the exposition stays sound', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ kind, poolEvents, rounds }) => {
      const project = PROJECTS[poolEvents];
      let now = NOW;
      let target = new Target({ project, kind, id: 'x' }, SETTINGS, now);
      let before = new Map<string, number>();
      for (const round of rounds) {
        now += 30_000;
        const clock = () => now;
        const outcome = await target.refresh(apiOf(round), { clock, timers: systemTimers });
        expect(outcome.error?.reason ?? 'malformed').toBe('malformed');
        const series = seriesOf(target, now);
        const smaller = [...before].filter(([key, value]) => {
          return key.includes('_total') && !((series.get(key) ?? Number.NaN) >= value);
        });
        if (smaller.length > 0) expect(smaller).toEqual([]);
        before = series;
        // A restart in between changes nothing of what the events told.
        const record: TargetRecord = JSON.parse(JSON.stringify(target.record([])));
        const restored = new Target({ project, kind, id: 'x' }, SETTINGS, now, record);
        const [kept, told] = [keptSeries(restored, now), keptSeries(target, now)];
        if (kept !== told) expect(kept).toBe(told);
        target = restored;
      }
    }),
    runs(1_500),
  );
});

test('whatever listings hold, discovery ends well and its details can be shown', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ kind, poolEvents, rounds }) => {
      const project = PROJECTS[poolEvents];
      const target = new Target({ project, kind, id: 'x' }, SETTINGS, NOW);
      for (const round of rounds) {
        const request = {
          api: apiOf(round),
          settings: project.discovery[kind],
          known: new Map(),
          whole: true,
          doubted: new Set<string>(),
          now: NOW,
        };
        try {
          for (const listed of await KINDS[kind].listing.discover(request)) target.takeListed(listed, NOW);
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError);
        }
        seriesOf(target, NOW);
      }
    }),
    runs(1_500),
  );
});
