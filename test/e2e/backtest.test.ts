import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { folderWith, MAIN, runBinary } from './built-binary.ts';
import { configText } from './scene.ts';

/** They would move the cursor of a terminal, or turn what follows around. */
const HIDDEN = ['\u001b', '\u202e'];

/** An error of a training job, at a minute of an hour of January 2026. */
function line(hour: number, minute: number, message = 'Training job failed.'): string {
  const time = new Date(Date.UTC(2026, 0, 10, hour, minute)).toISOString();
  const target = { project: 'prod', region: 'r', kind: 'training_job', training_job_id: 'j1' };
  return `${JSON.stringify({ time, ...target, level: 'error', source: 'job', message, problem: true })}\n`;
}

test.concurrent('an event log in rotated and compressed files tells what would have fired', async () => {
  await using folder = await folderWith({
    'config.yaml': configText('http://127.0.0.1:1', {
      alerting: { resolve_after: '20m', labels: { team: 'ml' } },
      project: { auth: { token_file: 'not-here' } },
    }),
    'events.jsonl': `${line(14, 0, `the last ${HIDDEN.join('')} one`)}{"time":\n`,
    'events.jsonl.1': line(13, 30),
  });
  await writeFile(folder.file('events.jsonl.2.gz'), gzipSync(line(12, 0) + line(12, 15)));
  const files = ['events.jsonl', 'events.jsonl.2.gz', 'events.jsonl.1'].map((file) => `--replay=${file}`);

  const text = await runBinary(['alerts', ...files], { cwd: folder.path });
  expect(text).toMatchObject({ code: 1, stderr: 'events.jsonl:2: not JSON\n' });
  expect(text.stdout).toMatch(
    /^critical +ModelArtsTrainingJobError +2026-01-10T12:00:00.000Z +2026-01-10T12:35:00/m,
  );
  expect(text.stdout).toMatch(/^critical +ModelArtsTrainingJobError +3 +1 +1h15m +35m$/m);
  for (const hidden of HIDDEN) expect(text.stdout).not.toContain(hidden);

  const json = await runBinary(['alerts', '--json', ...files], { cwd: folder.path });
  const alerts = JSON.parse(json.stdout) as {
    labels: object;
    startsAt: string;
    endsAt: string;
    durationSeconds: number;
  }[];
  expect(alerts.map(({ startsAt, endsAt, durationSeconds }) => [startsAt, endsAt, durationSeconds])).toEqual([
    ['2026-01-10T12:00:00.000Z', '2026-01-10T12:35:00.000Z', 2_100],
    ['2026-01-10T13:30:00.000Z', '2026-01-10T13:50:00.000Z', 1_200],
    ['2026-01-10T14:00:00.000Z', '2026-01-10T14:20:00.000Z', 1_200],
  ]);
  expect(alerts[0]?.labels).toMatchObject({ severity: 'critical', team: 'ml', training_job_id: 'j1' });
  for (const hidden of HIDDEN) expect(json.stdout).not.toContain(hidden);
});

test.concurrent('an event log comes from the standard input, and a file that is not there is one line', async () => {
  await using folder = await folderWith({ 'config.yaml': configText('http://127.0.0.1:1') });
  const options = { cwd: folder.path, input: gzipSync(line(12, 0)) };
  const { status, stdout } = spawnSync(process.execPath, [MAIN, 'alerts', '--replay=-'], options);
  expect([status, stdout.toString()]).toEqual([0, expect.stringContaining('ModelArtsTrainingJobError')]);

  const missing = await runBinary(['alerts', '--replay=nothing'], { cwd: folder.path });
  expect(missing).toEqual({
    code: 1,
    stdout: '',
    stderr: 'modelarts-exporter: nothing: cannot be read: no such file or directory\n',
  });
});
