import { readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { startDemo } from '../../src/simulator/world/demo.ts';
import { BuiltBinary, folderWith, runBinary } from './built-binary.ts';
import { configText, startCloud } from './scene.ts';

test.concurrent('the doctor reports, keeps masked answers, and its recording can be played', async () => {
  const demo = await startDemo({ now: Date.now });
  try {
    const [project] = (parse(demo.configYaml) as { projects: object[] }).projects;
    await using folder = await folderWith({ 'config.yaml': JSON.stringify({ projects: [project] }) });
    const cwd = folder.path;
    const args = ['doctor', '--config.file=config.yaml', '--record=recording', '--report=report.txt'];
    const { code, stdout, stderr } = await runBinary(args, { cwd });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^ {2}ok +credential: an IAM token: accepted$/m);
    expect(stdout).toMatch(/^ {2}ok +modelarts:service:getEvents: granted/m);
    expect(stdout).toMatch(/^No problems\. Requests: \d+\.$/m);

    for (const name of ['recording', 'report.txt']) {
      expect(statSync(folder.file(name)).mode & 0o777).toBe(0o600);
      const text = readFileSync(folder.file(name), 'utf8');
      for (const own of ['recommendation', 'demo-token', 'training-a', 'resnet50'])
        expect(text).not.toContain(own);
    }

    await using replay = new BuiltBinary(['demo', '--replay=recording', '--web.listen-address=127.0.0.1:0'], {
      cwd,
    });
    const url = await replay.url();
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/^modelarts_service_recent_events\{project="masked-\w+",.*\} [1-9]/m);
    expect((await replay.end()).code).toBe(0);
  } finally {
    await demo.close();
  }
});

test.concurrent('the doctor exits with 1 where something is refused, and with 2 without a configuration', async () => {
  await using cloud = await startCloud();
  const project = { auth: { token: 'not-the-token' } };
  await using folder = await folderWith({ 'config.yaml': configText(cloud.url, { project }) });
  const refused = await runBinary(['doctor'], { cwd: folder.path });
  expect(refused.code).toBe(1);
  expect(refused.stdout).toMatch(/^ {2}PROBLEM +credential: an IAM token: rejected/m);
  expect((await runBinary(['doctor', '--config.file=none.yaml'], { cwd: folder.path })).code).toBe(2);
  const unwritable = await runBinary(['doctor', '--record=/nowhere/file'], { cwd: folder.path });
  expect(unwritable).toEqual({
    code: 1,
    stdout: '',
    stderr: 'modelarts-exporter: /nowhere/file: cannot be written: no such file or directory\n',
  });
});

test.concurrent('what is no recording is not played, in one line', async () => {
  await using folder = await folderWith({ 'events.jsonl': '{"time":"2026-01-01T00:00:00Z"}\n' });
  expect(await runBinary(['demo', '--replay=events.jsonl'], { cwd: folder.path })).toEqual({
    code: 1,
    stdout: '',
    stderr: 'modelarts-exporter: events.jsonl: line 1 is not the beginning of a recording\n',
  });
});
