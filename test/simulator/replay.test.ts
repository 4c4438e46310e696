import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import type { Config } from '../../src/config/config.ts';
import { AS_IT_IS, reportText } from '../../src/doctor/report.ts';
import type { Exporter } from '../../src/exporter.ts';
import type { ApiHost } from '../../src/modelarts/api-factory.ts';
import { knownTexts } from '../../src/recording/known-texts.ts';
import { createMask, type Mask } from '../../src/recording/mask.ts';
import { Recorder } from '../../src/recording/recorder.ts';
import { parseRecording, type RecordedExchange, type Recording } from '../../src/recording/recording.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import { startReplay } from '../../src/simulator/replay/replay.ts';
import { startDemo } from '../../src/simulator/world/demo.ts';
import { configOf, JOB, POOL, PROJECT, prodAt, SERVICE } from '../configuration.ts';
import { examined } from '../doctor/examined.ts';
import { recordingLogger } from '../modelarts/scene.ts';
import { startTestSimulator } from '../simulator-kit/test-simulator.ts';
import { createTestExporter } from '../test-exporter.ts';

const NOW = Date.UTC(2026, 0, 10, 12);
const STARTED = NOW - 60_000;
const clock = () => NOW;
const mask = createMask(Buffer.alloc(32, 7), knownTexts());

/** Records what `use` asks for. */
async function recorded(
  config: Config,
  use: (recorder: Recorder) => Promise<void>,
  by: Mask = mask,
  now: () => number = clock,
): Promise<Recording> {
  const lines: Buffer[] = [];
  const write = (line: Buffer) => lines.push(line);
  const options = {
    write,
    mask: by,
    clock: now,
    startedAt: STARTED,
    version: '1.2.3',
    log: recordingLogger(),
  };
  await use(new Recorder(config, options));
  return parseRecording(Buffer.concat(lines).toString());
}

/** The series of targets after one collection, each on a line. */
async function collected(config: Config, recorder: Recorder): Promise<readonly string[]> {
  const onAnswer: ApiHost['onAnswer'] = (...answered) => recorder.note(...answered);
  const exporter = await createTestExporter(config, { clock, startedAt: STARTED, onAnswer });
  onTestFinished(() => exporter.stop());
  await exporter.collector.discover();
  await exporter.collector.collect(Number.POSITIVE_INFINITY);
  return seriesOf(exporter);
}

/** Without what measures the exporter's own work. */
function seriesOf(exporter: Exporter): readonly string[] {
  const text = [...exporter.series.chunks('text')].map(String).join('');
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#') && !/_duration_seconds|last_success/.test(line))
    .sort();
}

/** Labels with the values that the recording has masked as it masks them. */
function masked(lines: readonly string[], recording: Recording): readonly string[] {
  const text = JSON.stringify(recording);
  const told = new Map<string, string>();
  const maskedIn = (value: string) => (text.includes(`"${mask.id(value)}"`) ? mask.id(value) : value);
  return lines
    .map((line) =>
      line.replace(/="([^"]*)"/g, (_, value: string) => {
        const shown = told.get(value) ?? maskedIn(value);
        told.set(value, shown);
        return `="${shown}"`;
      }),
    )
    .sort();
}

async function startReplayOf(recording: Recording) {
  const replay = await startReplay({ recording, now: clock });
  onTestFinished(() => replay.close());
  return { replay, config: configOf(parse(replay.configYaml) as object) };
}

async function startWorld() {
  const demo = await startDemo({ now: clock });
  demo.pause();
  onTestFinished(() => demo.close());
  return configOf(parse(demo.configYaml) as object);
}

describe('a recording of one collection', () => {
  test('plays the same metrics, up to masks, and a recording of the play is the same', async () => {
    const config = await startWorld();
    let before: readonly string[] = [];
    const first = await recorded(config, async (recorder) => {
      before = await collected(config, recorder);
    });
    expect(before.length).toBeGreaterThan(300);

    const { config: played } = await startReplayOf(first);
    let after: readonly string[] = [];
    const another = createMask(Buffer.alloc(32, 9), knownTexts());
    const second = await recorded(
      played,
      async (recorder) => {
        after = await collected(played, recorder);
      },
      another,
    );
    expect(after).toEqual(masked(before, first));
    expect(second.exchanges.map(essence).sort()).toEqual(
      first.exchanges.filter(isOfModelArts).map(essence).sort(),
    );
  });

  test("holds nothing of the cloud that is somebody's own", async () => {
    const demo = await startDemo({ now: clock });
    demo.pause();
    onTestFinished(() => demo.close());
    const config = configOf(parse(demo.configYaml) as object);
    const recording = await recorded(config, async (recorder) => void (await collected(config, recorder)));
    const text = JSON.stringify(recording);
    for (const { id, services, jobs, pools } of demo.simulator.cloud.projects) {
      const names = [...services.values()].flatMap(({ service_id, service_name }) => [
        service_id,
        service_name,
      ]);
      names.push(...[...jobs.values()].flatMap((job) => [job.id, job.name]));
      names.push(...[...pools.values()].flatMap((pool) => [pool.name, pool.display_name]));
      for (const own of [id, ...names].filter(({ length }) => length > 4)) expect(text).not.toContain(own);
    }
    for (const secret of ['demo-token', 'DEMOACCESSKEY', 'demo-secret']) expect(text).not.toContain(secret);
  });

  test('answers for targets that nobody asked for then as if they were quiet', async () => {
    const config = await startWorld();
    const recording = await recorded(config, async (recorder) => void (await collected(config, recorder)));
    const [one] = recording.exchanges.filter(({ operation }) => operation === 'service_events');
    const exchanges = recording.exchanges.filter(
      ({ operation, path }) => operation !== 'service_events' || path[3] === one?.path[3],
    );
    const { config: played } = await startReplayOf({ ...recording, exchanges });
    let after: readonly string[] = [];
    await recorded(played, async (recorder) => {
      after = await collected(played, recorder);
    });
    expect(after.filter((line) => line.startsWith('modelarts_target_up') && !line.endsWith(' 1'))).toEqual(
      [],
    );
  });
});

test('a recording of many collections plays what happened meanwhile', async () => {
  let now = NOW;
  const moving = () => now;
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  cloud.addService(PROJECT, { service_id: SERVICE });
  cloud.addJob(PROJECT, { id: JOB, create_time: NOW - 3_600_000 });
  cloud.addPool(PROJECT, { name: POOL });
  const simulator = await startTestSimulator({ now: moving, cloud });
  onTestFinished(() => simulator.close());
  const discovery = {
    services: { enabled: true },
    training_jobs: { enabled: true },
    pools: { enabled: true },
  };
  const config = configOf({
    collection: { min_interval: '10s' },
    projects: [{ ...prodAt(simulator.url), discovery }],
  });
  const happen = (at: number) => {
    cloud.addServiceEvent(SERVICE, {
      occur_time: at - 500,
      event_type: 'abnormal',
      event_info: `acme ${at}`,
    });
    cloud.addJobEvent(JOB, {
      time: at - 5_000,
      level: 'Error',
      source: 'Job',
      message: 'Training job failed.',
    });
    cloud.addPoolEvent(POOL, {
      type: 'Warning',
      reason: 'Acme',
      message: `acme ${at}`,
      firstTimestamp: at - 7_000,
    });
    cloud.setServiceStatus(SERVICE, at % 120_000 === 0 ? 'running' : 'concerning', at);
  };
  const seven = async (played: Config, recorder: Recorder, happens: (at: number) => void) => {
    const onAnswer: ApiHost['onAnswer'] = (...answered) => recorder.note(...answered);
    now = NOW;
    const exporter = await createTestExporter(played, { clock: moving, startedAt: STARTED, onAnswer });
    onTestFinished(() => exporter.stop());
    for (let minute = 0; minute < 7; minute += 1) {
      now = NOW + minute * 60_000;
      happens(now);
      await exporter.collector.discover();
      await exporter.collector.collect(Number.POSITIVE_INFINITY);
    }
    return seriesOf(exporter);
  };
  let before: readonly string[] = [];
  const recording = await recorded(
    config,
    async (recorder) => {
      before = await seven(config, recorder, happen);
    },
    mask,
    moving,
  );
  expect(before.filter((line) => / 7$/.test(line)).length).toBeGreaterThanOrEqual(3);

  now = NOW;
  const replay = await startReplay({ recording, now: moving });
  onTestFinished(() => replay.close());
  const played = configOf(parse(replay.configYaml) as object);
  let after: readonly string[] = [];
  await recorded(played, async (recorder) => {
    after = await seven(played, recorder, () => {});
  });
  expect(after).toEqual(masked(before, recording));
});

test('the doctor says of a recording what it said of the cloud', async () => {
  const config = await startWorld();
  const [project] = config.projects;
  if (project === undefined) throw new Error('no project');
  let before = '';
  const recording = await recorded(config, async (recorder) => {
    const report = await examined(config, clock, (...answered) => recorder.note(...answered));
    before = reportText([report], '1.2.3', NOW, mask);
  });
  const { config: played } = await startReplayOf(recording);
  const after = reportText([await examined(played, clock)], '1.2.3', NOW, AS_IT_IS);
  expect(after).toBe(before);
});

/** An exchange without what the clock makes of it. */
function essence({ project, operation, path, status, json }: RecordedExchange): string {
  return JSON.stringify({ project, operation, path, status, json });
}

function isOfModelArts({ operation }: RecordedExchange): boolean {
  return !operation.startsWith('iam_');
}
