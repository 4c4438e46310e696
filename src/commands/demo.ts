import type { Command } from '../cli/command.ts';
import { parseConfig } from '../config/parse.ts';
import { formatProblem } from '../config/problem.ts';
import { readUpTo, unreadable } from '../config/read-file.ts';
import { NoRecordingError, parseRecording, type Recording } from '../recording/recording.ts';
import { startReplay } from '../simulator/replay/replay.ts';
import { type Demo, startDemo } from '../simulator/world/demo.ts';
import { DEFAULT_PATHS } from '../web/paths.ts';
import { CommandError, ConfigurationError } from './command-error.ts';
import { openLog } from './open-log.ts';
import { runExporter } from './run-exporter.ts';
import type { Runtime } from './runtime.ts';

/** Runs the exporter on a simulated cloud in which things happen, or on one that answers as recorded, until the process is asked to end. */
export async function demo(options: Extract<Command, { kind: 'demo' }>, runtime: Runtime): Promise<number> {
  const say = (text: string) => runtime.stdout.write(`${text}\n`);
  if (options.replay !== '') return replay(options, runtime, say);
  const cloud = await startDemo({
    now: runtime.clock,
    seed: options.seed,
    speed: options.speed,
    alertmanagers: options.alertmanagers,
    onStory: (text, at) => say(`${new Date(at).toISOString().slice(11, 19)}  ${text}`),
  });
  try {
    const news = 'Ctrl-C ends it. What happens in the cloud:';
    return await runOn(cloud, options, runtime, (url) =>
      introduce(say, 'A simulated ModelArts', cloud, url, news),
    );
  } finally {
    await cloud.close();
  }
}

/** Time is that of the recording, so that what was new then is new. */
async function replay(
  options: Extract<Command, { kind: 'demo' }>,
  runtime: Runtime,
  say: (text: string) => void,
): Promise<number> {
  const { replay: file, alertmanagers } = options;
  const recording = await readRecording(file);
  const cloud = await startReplay({ recording, now: runtime.clock, alertmanagers });
  try {
    const then: Runtime = {
      ...runtime,
      clock: cloud.clock,
      startedAt: cloud.startedAt,
    };
    return await runOn(cloud, options, then, (url) =>
      introduce(say, 'A recorded ModelArts', cloud, url, 'Ctrl-C ends it.'),
    );
  } finally {
    await cloud.close();
  }
}

type SomeCloud = Pick<Demo, 'simulator' | 'description' | 'configYaml'>;

function runOn(
  { configYaml }: SomeCloud,
  options: Extract<Command, { kind: 'demo' }>,
  runtime: Runtime,
  onListening: (url: string) => void,
): Promise<number> {
  const parsed = parseConfig(configYaml, { file: 'demo', env: {}, directory: '.' });
  if (!parsed.ok) throw new ConfigurationError(parsed.problems.map(formatProblem), 2);
  const config = { ...parsed.config, eventLog: options.eventLog };
  return runExporter(
    {
      config,
      readAgain: async () => ({ ok: true, config, doubts: [] }),
      log: openLog(options, runtime),
      shard: { index: 0, count: 1 },
      listen: options.listen,
      webConfigFile: '',
      lifecycle: true,
      paths: DEFAULT_PATHS,
      onListening: ([url = '']) => onListening(url),
    },
    runtime,
  );
}

function introduce(
  say: (text: string) => void,
  what: string,
  { description, simulator }: SomeCloud,
  url: string,
  last: string,
): void {
  say(`${what} is running, and the exporter reads it:`);
  for (const line of description) say(`  ${line}`);
  say('');
  say(`  status page   ${url}/`);
  say(`  metrics       ${url}/metrics`);
  say(`  alerts        ${url}/api/v1/alerts`);
  say(`  ModelArts     ${simulator.url}`);
  say('');
  say(last);
}

/** More than a recording may hold. */
const RECORDING_BYTES_MAX = 128 * 1024 * 1024;

async function readRecording(file: string): Promise<Recording> {
  try {
    return parseRecording((await readUpTo(file, RECORDING_BYTES_MAX)).toString());
  } catch (error) {
    const reason = error instanceof NoRecordingError ? error : unreadable(error);
    throw new CommandError(`${file}: ${reason.message}`, 1);
  }
}
