import { formatDuration } from '../../config/duration.ts';
import { KIND_NAMES, type KindName, rowOf } from '../../kind-table.ts';
import type { RecordedProject, Recording } from '../../recording/recording.ts';
import { type Simulator, startSimulator } from '../simulator.ts';
import { RecordedAnswers } from './recorded-answers.ts';

export interface ReplayOptions {
  readonly recording: Recording;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** URLs of Alertmanagers in the configuration; without any, it is the simulator. */
  readonly alertmanagers?: readonly string[];
}

/** A cloud that answers as another one did. */
export interface Replay {
  readonly simulator: Simulator;
  /** What is to be seen, a line each. */
  readonly description: readonly string[];
  /** A configuration of the exporter with the targets of the recording. */
  readonly configYaml: string;
  /** The time of the recording, going on from its beginning. Unix milliseconds. */
  readonly clock: () => number;
  /** Since when the exporter counted events that was recorded. Unix milliseconds. */
  readonly startedAt: number;
  close(): Promise<void>;
}

/** Starts a simulator that answers by a recording. */
export async function startReplay({ recording, now, alertmanagers = [] }: ReplayOptions): Promise<Replay> {
  const { head } = recording;
  const ahead = now() - head.at;
  const clock = () => now() - ahead;
  const answers = new RecordedAnswers(recording);
  const simulator = await startSimulator({
    now: clock,
    onExchange: ({ arrival, send }) => send(answers.answer(arrival)),
  });
  return {
    simulator,
    description: describe(recording),
    configYaml: configYaml(
      recording,
      simulator.url,
      alertmanagers.length > 0 ? alertmanagers : [simulator.url],
    ),
    clock,
    startedAt: head.startedAt,
    close: () => simulator.close(),
  };
}

function describe({ head, exchanges }: Recording): string[] {
  const last = exchanges.at(-1)?.at ?? head.at;
  const lasted = formatDuration(Math.max(0, Math.round((last - head.at) / 1000)) * 1000);
  return [
    `${exchanges.length} answers, recorded in ${lasted} from ${new Date(head.at).toISOString()} on by version ${head.version}`,
    ...head.projects.map(({ name, region }) => `project ${name}, region ${region}`),
  ];
}

function configYaml(recording: Recording, url: string, alertmanagers: readonly string[]): string {
  const { schedule, minInterval, window, lookback, overlap, interval } = recording.head.settings;
  const config = {
    collection: {
      schedule,
      min_interval: formatDuration(minInterval),
      window: formatDuration(window),
      lookback: formatDuration(lookback),
      overlap: formatDuration(overlap),
    },
    alerting: {
      interval: formatDuration(interval),
      alertmanagers: alertmanagers.map((each) => ({ url: each })),
    },
    projects: recording.head.projects.map((project) => projectOf(recording, project, url)),
  };
  // Every JSON text is YAML too.
  return JSON.stringify(config);
}

function projectOf({ exchanges }: Recording, project: RecordedProject, url: string): object {
  const { name, region, poolEvents, language, targets, discovered, extras = {} } = project;
  const path = exchanges.find((each) => each.project === name && !each.operation.startsWith('iam_'))?.path;
  const extrasOf = (kind: KindName) => Object.fromEntries((extras[kind] ?? []).map((each) => [each, true]));
  const configured = KIND_NAMES.map((kind) => {
    const { section, keys } = rowOf(kind);
    const list = (targets[kind] ?? []).map((target) => ({
      [keys.id]: target.id,
      ...(target.name === undefined ? {} : { [keys.name]: target.name }),
      ...extrasOf(kind),
    }));
    return [section, list];
  });
  // A later version may know more kinds.
  const known = discovered.filter(({ kind }) => KIND_NAMES.includes(kind));
  const discovery = known.map(({ kind, refresh, createdWithin }) => {
    const age = createdWithin > 0 ? { created_within: formatDuration(createdWithin) } : {};
    return [
      rowOf(kind).section,
      { enabled: true, refresh: formatDuration(refresh), ...age, ...extrasOf(kind) },
    ];
  });
  return {
    name,
    region,
    // Nothing answered, and so nothing is asked that would need it.
    project_id: path?.[1] ?? 'unknown',
    endpoint: url,
    iam_endpoint: url,
    auth: { token: 'replay' },
    pool_events: poolEvents,
    api: { language },
    ...Object.fromEntries(configured),
    discovery: Object.fromEntries(discovery),
  };
}
