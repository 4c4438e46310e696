import { execFileSync } from 'node:child_process';
import { watch } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import type { TargetMemory } from '../../src/collection/target-store.ts';
import { systemDisk } from '../../src/disk.ts';
import { type Random, seededRandom } from '../../src/simulator/seeded-random.ts';
import { readState } from '../../src/state/open-state-file.ts';
import { freePort } from '../free-port.ts';
import { WAIT } from '../patience.ts';
import { testWith } from '../programs.ts';
import { countEvents } from '../simulator-kit/ground-truth.ts';
import type { TestSimulator } from '../simulator-kit/test-simulator.ts';
import { BuiltBinary, folderWith, runBinary } from './built-binary.ts';
import { RealPrometheus } from './real-prometheus.ts';
import { WatchedCloud } from './watched-cloud.ts';

/** Six at each moment, and one to begin with; stories in simulated time have thousands. */
const KILLS = 25;

interface Scene {
  /** How far into a moment. */
  readonly random: Random;
  readonly url: string;
  readonly stateFile: string;
  readonly simulator: TestSimulator;
}

/** The moments at which a process is most vulnerable, each somewhere within. */
const MOMENTS: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  'during a poll': async ({ simulator, random }) => {
    const before = simulator.requests.count();
    while (simulator.requests.count() === before) await sleep(1);
    await sleep(random() * 5);
  },
  'during a save': async ({ stateFile }) => {
    const watcher = watch(dirname(stateFile));
    await new Promise<void>((resolve) => {
      watcher.on('change', (_, name) => {
        if (String(name).endsWith('.tmp')) resolve();
      });
    });
    watcher.close();
  },
  'during a scrape': async ({ url, random }) => {
    fetch(`${url}/metrics`).then(
      (response) => response.text().catch(() => {}),
      () => {},
    );
    await sleep(random() * 20);
  },
};

testWith('prometheus').concurrent(
  'killed again and again while events keep coming, it lets Prometheus record the ground truth',
  async () => {
    await using cloud = await WatchedCloud.start();
    await using folder = await folderWith({ 'config.yaml': cloud.config('state') });
    const port = await freePort();
    const start = () =>
      new BuiltBinary(['--config.file=config.yaml', `--web.listen-address=127.0.0.1:${port}`], {
        cwd: folder.path,
      });
    await using prometheus = await RealPrometheus.scraping(`127.0.0.1:${port}`, { interval: '500ms' });
    const random = seededRandom(1);
    const scene = {
      random,
      url: `http://127.0.0.1:${port}`,
      stateFile: folder.file('state'),
      simulator: cloud.simulator,
    };
    const recorded = async () =>
      (await prometheus.value('max(max_over_time(modelarts_service_events_total[10m]))')) ?? 0;
    const moments = Object.values(MOMENTS);
    for (let kill = 0; kill < KILLS; kill += 1) {
      const before = await recorded();
      await using exporter = start();
      if (kill === 0) {
        // What happens before the first start is history.
        await exporter.url();
        cloud.live();
      }
      const moment = moments[kill % (moments.length + 1)];
      if (moment === undefined && kill > 0) {
        // Some don't even live to see the day.
        await sleep(random() * 1_000);
      } else {
        const isRecorded = async () => {
          const { process, stderr } = exporter;
          expect([kill, process.exitCode, process.exitCode === null ? '' : stderr]).toEqual([kill, null, '']);
          expect(await recorded(), stderr).toBeGreaterThan(before);
        };
        await vi.waitFor(isRecorded, { ...WAIT, interval: 200 });
        await moment?.(scene);
      }
      expect((await exporter.end('SIGKILL')).stderr).not.toContain('level=error');
    }
    await using exporter = start();
    await exporter.url();
    await sleep(500);
    cloud.pause();

    const epoch = (await readState(systemDisk, scene.stateFile))?.countingSince ?? Number.NaN;
    const truth = countEvents(cloud.simulator.cloud, epoch);
    expect(truth).toHaveLength(3);
    for (const { kind, count } of truth) {
      const total = `modelarts_${kind}_events_total`;
      expect(count).toBeGreaterThan(100);
      await vi.waitFor(
        async () =>
          expect([kind, await prometheus.value(`max(max_over_time(${total}[10m]))`)]).toEqual([kind, count]),
        WAIT,
      );
      expect(await prometheus.value(`max(resets(${total}[10m]))`)).toBe(0);
    }
    // It was no matter of the last life alone.
    const growth = await prometheus.value('max(changes(modelarts_service_events_total[10m]))');
    expect(growth).toBeGreaterThan(KILLS / 2);
    expect((await exporter.end()).code).toBe(0);
    // Killed however often, it leaves no pile of files.
    const files = (await readdir(folder.path)).sort();
    expect(files).toEqual(['config.yaml', 'state', expect.stringMatching(/^state\.lock\.\d+$/)]);
  },
);

test.concurrent('of two that start at once on one file exactly one runs, and the other says who', async () => {
  await using cloud = await WatchedCloud.start();
  cloud.live();
  await using folder = await folderWith({ 'config.yaml': cloud.config('deep/state') });
  const start = () =>
    new BuiltBinary(['--config.file=config.yaml', '--web.listen-address=127.0.0.1:0'], { cwd: folder.path });
  for (let round = 0; round < 3; round += 1) {
    await using first = start();
    await using second = start();
    const isFirst = await Promise.race([first.url().then(() => true), second.url().then(() => false)]);
    const [winner, loser] = isFirst ? [first, second] : [second, first];
    const { code, stderr } = await loser.ended();
    expect(code).toBe(1);
    expect(stderr).toBe(
      `modelarts-exporter: state file ${folder.file('deep/state')} is in use by process ${winner.process.pid} on ${hostname()}\n`,
    );
    const isRead = async () =>
      (await readState<TargetMemory>(systemDisk, folder.file('deep/state')))?.entries[0]?.target.hasBeenRead;
    await vi.waitFor(async () => expect(await isRead()).toBe(true), WAIT);
    await winner.end('SIGKILL');
  }

  const table = await runBinary(['state', folder.file('deep/state')]);
  expect(table.code).toBe(0);
  expect(table.stdout).toMatch(/^epoch {2}\d{4}-\d\d-\d\dT[\d:.]+Z\nsaved {2}\d/);
  expect(table.stdout).toMatch(/\nPROJECT +KIND +ID +SINCE +CURSOR +IDENTITIES +EVENTS +ALERTS +REMOVED\n/);
  expect(table.stdout).toMatch(/\nprod +service +service +\S+Z +\S+Z +\d+ +abnormal=\d+ +1 +-\n/);
  const json = await runBinary(['state', '--json', folder.file('deep/state')]);
  expect(JSON.parse(json.stdout)).toEqual(await readState(systemDisk, folder.file('deep/state')));
  expect(await runBinary(['state', folder.path])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^modelarts-exporter: \S+: EISDIR[^\n]+\n$/),
  });
  expect(await runBinary(['state', folder.file('none')])).toMatchObject({
    code: 1,
    stderr: `modelarts-exporter: ${folder.file('none')}: there is no such file\n`,
  });
});

test
  .skipIf(process.getuid?.() !== 0)
  .concurrent('where the state can not be written, scrapes go on and tell it', async () => {
    await using cloud = await WatchedCloud.start();
    await using folder = await folderWith({ 'config.yaml': cloud.config('disk/state') });
    const disk = folder.file('disk');
    await mkdir(disk);
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', disk]);
    await using _ = { [Symbol.asyncDispose]: async () => void execFileSync('/bin/umount', ['--lazy', disk]) };
    await using exporter = new BuiltBinary(
      ['--config.file=config.yaml', '--web.listen-address=127.0.0.1:0'],
      {
        cwd: folder.path,
      },
    );
    const url = await exporter.url();
    const errors = async () => {
      const text = await (await fetch(`${url}/metrics`)).text();
      expect(text).toContain('modelarts_target_up{project="prod",kind="pool",target="pool"} 1');
      return Number(/^modelarts_exporter_state_write_errors_total (\d+)$/m.exec(text)?.[1]);
    };
    await vi.waitFor(async () => expect(await errors()).toBeGreaterThan(2), WAIT);
    expect(exporter.stderr.match(/saving the state failed[^\n]*EROFS/g)).toHaveLength(1);
    execFileSync('/bin/mount', ['-o', 'remount,rw', disk]);
    await vi.waitFor(async () => {
      await errors();
      expect(exporter.stderr.match(/saving the state works again/g)).toHaveLength(1);
    }, WAIT);
    expect((await exporter.end()).code).toBe(0);
    expect((await readState(systemDisk, folder.file('disk/state')))?.entries).toHaveLength(3);
  });
