import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { TARGET_FAMILIES } from '../../src/collection/target-series.ts';
import { parseSamples } from '../collection/running-exporter.ts';
import { WAIT, WAIT_QUIETLY } from '../patience.ts';
import { PROGRAMS, testWith } from '../programs.ts';
import { BuiltBinary, type Ended, folderWith, runBinary } from './built-binary.ts';
import { configText, JOB, POOL, PROJECT, SERVICE, serve, startCloud } from './scene.ts';

/** What a user sees of a command that could not do its work. */
function failure({ code, stdout, stderr }: Ended) {
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect(stderr).not.toMatch(/\n\s+at |node:internal|Error:/);
  return { code, line: stderr.trimEnd() };
}

test.concurrent('--version and --help speak on stdout', async () => {
  const version = await runBinary(['--version']);
  expect(version).toEqual({
    code: 0,
    stdout: expect.stringMatching(
      /^modelarts-exporter, version \d+\.\d+\.\d+ \(revision: \w+\)\n {2}build date: .*\n {2}node version: +v\d+\.\d+\.\d+\n {2}platform: +linux\/\w+\n$/,
    ),
    stderr: '',
  });
  const help = await runBinary(['--help']);
  expect(help).toMatchObject({ code: 0, stderr: '' });
  for (const name of ['serve', 'check-config', 'once', 'targets', 'alerts', 'state', 'healthcheck', 'demo']) {
    expect(help.stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  }
  expect((await runBinary(['serve', '--help'])).stdout).toContain('--web.listen-address <host:port>');
});

test.concurrent('wrong usage is one line that names the mistake, and exit code 2', async () => {
  for (const [args, named] of [
    [['bogus'], 'bogus'],
    [['serve', '--bogus'], '--bogus'],
    [['--web.listen-address=nonsense'], '--web.listen-address'],
    [['check-config'], 'file'],
  ] as const) {
    const { code, line } = failure(await runBinary(args));
    expect([code, line]).toEqual([2, expect.stringContaining(named)]);
    expect(line).toMatch(/ \(see --help\)$/);
  }
});

test.concurrent('check-config tells every problem of every file with its place', async () => {
  await using folder = await folderWith({
    'good.yaml': configText('http://127.0.0.1:1'),
    'bad.yaml':
      'projects:\n  - name: prod\n    region: cn-north-4\n    auth: { token: t }\n    color: red\n    services: [ { id: .. } ]\n',
    'broken.yaml': 'projects: [\n',
    'secret.yaml': configText('http://127.0.0.1:1', { project: { auth: { token_file: 'no-such-file' } } }),
  });
  const cwd = folder.path;
  const good = await runBinary(['check-config', 'good.yaml'], { cwd });
  expect(good).toEqual({ code: 0, stdout: 'good.yaml: valid\n', stderr: '' });

  const files = ['good.yaml', 'bad.yaml', 'broken.yaml', 'secret.yaml', 'missing.yaml'];
  const { code, stdout, stderr } = await runBinary(['check-config', ...files], { cwd });
  expect([code, stderr]).toEqual([1, '']);
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toBe('good.yaml: valid');
  expect(lines).toContain('bad.yaml:5:5: projects[0].color: unknown key');
  expect(lines.slice(lines.indexOf('bad.yaml:5:5: projects[0].color: unknown key') + 1, 4)).toEqual([
    '        color: …',
    '        ^',
  ]);
  expect(stdout).toContain(`no such file or directory: ${join(realpathSync(cwd), 'no-such-file')}\n`);
  expect(stdout).toMatch(/^bad\.yaml:6:\d+: projects\[0\]\.services\[0\]\.id: /m);
  expect(stdout).toMatch(/^broken\.yaml:\d+:\d+: /m);
  expect(stdout).toMatch(
    /^secret\.yaml:\d+:\d+: projects\[0\]\.auth\.token_file: cannot be read: no such file/m,
  );
  expect(stdout).toMatch(/^missing\.yaml:1:1: cannot be read: no such file/m);
});

test.concurrent('a start that can not work ends with one line: the configuration', async () => {
  await using folder = await folderWith({
    'bad.yaml': 'projects: []\n',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the program expands it
    'unset.yaml': configText('http://127.0.0.1:1', { event_log: '${NOT_SET_ANYWHERE}' }),
    'secret.yaml': configText('http://127.0.0.1:1', { project: { auth: { token_file: 'no-such-file' } } }),
    'keys.yaml': configText('http://127.0.0.1:1', { project: { auth: { environment: true } } }),
    'log.yaml': configText('http://127.0.0.1:1', { event_log: 'no-such-folder/events' }),
  });
  for (const [file, said] of [
    ['bad.yaml', /^bad\.yaml:1:\d+: projects: /],
    ['unset.yaml', /^unset\.yaml:\d+:\d+: event_log: environment variable NOT_SET_ANYWHERE is not set/],
    ['secret.yaml', /^secret\.yaml:\d+:\d+: projects\[0\]\.auth\.token_file: cannot be read: no such file/],
    [
      'keys.yaml',
      /^keys\.yaml:\d+:\d+: projects\[0\]\.auth\.environment: .* HUAWEICLOUD_SDK_AK and \w+_SK are not set/,
    ],
    ['log.yaml', /^log\.yaml:\d+:\d+: event_log: the folder .* not there: .*\/no-such-folder$/],
    ['missing.yaml', /^missing\.yaml:1:1: cannot be read: no such file or directory/],
    ['.', /^\.:1:1: cannot be read/],
  ] as const) {
    const ended = await runBinary([`--config.file=${file}`], { cwd: folder.path });
    const { code, line } = failure(ended);
    expect([code, line]).toEqual([2, expect.stringMatching(said)]);
  }
  // What the environment lacks is not wrong in the file.
  const checked = await runBinary(['check-config', 'keys.yaml', 'log.yaml'], { cwd: folder.path });
  expect(checked).toMatchObject({ code: 0, stdout: 'keys.yaml: valid\nlog.yaml: valid\n' });
});

test.concurrent('a wrong configuration ends with one line, the place of the first problem', async () => {
  await using folder = await folderWith({
    'bad.yaml': 'projects: []\nnonsense: 1\n',
    'good.yaml': configText('http://127.0.0.1:1'),
    'web.yaml': 'nonsense: 1\nrubbish: 2\n',
  });
  const cwd = folder.path;
  const bad = await runBinary(['once', '--config.file=bad.yaml'], { cwd });
  expect(bad).toEqual({
    code: 2,
    stdout: '',
    stderr: 'bad.yaml:1:11: projects: must not be an empty list (and 1 more)\n',
  });
  const args = ['--config.file=good.yaml', '--web.config.file=web.yaml', '--web.listen-address=127.0.0.1:0'];
  expect(await runBinary(args, { cwd })).toEqual({
    code: 1,
    stdout: '',
    stderr: 'web.yaml:1:1: nonsense: unknown key (and 1 more)\n',
  });
});

test.concurrent('a start that can not work ends with one line: the place', async () => {
  await using cloud = await startCloud();
  const text = configText(cloud.url, { state: { file: 'state' } });
  await using running = await serve(text, {
    files: {
      'web.yml': 'basic_auth_users: { admin: not-a-hash }\n',
      'free.yaml': configText(cloud.url),
    },
  });
  const { port } = new URL(running.url);
  const free = '--config.file=free.yaml';
  for (const [args, said] of [
    [[free, `--web.listen-address=127.0.0.1:${port}`], 'the port is taken'],
    [[free, '--web.listen-address=203.0.113.1:0'], 'no such address'],
    [[free, '--web.listen-address=127.0.0.1:0', '--web.config.file=web.yml'], 'web.yml:1:'],
    [
      [free, '--web.listen-address=127.0.0.1:0', '--web.config.file=none.yml'],
      'none.yml:1:1: cannot be read',
    ],
    [['--web.listen-address=127.0.0.1:0'], `process ${running.binary.process.pid}`],
  ] as const) {
    const ended = await runBinary(args, { cwd: running.file('') });
    const { code, line } = failure(ended);
    expect([code, line]).toEqual([1, expect.stringContaining(said)]);
  }
  expect((await running.scrape()).status).toBe(200);
});

testWith('promtool').concurrent(
  'once prints metrics that promtool likes, also where a target fails',
  async () => {
    await using cloud = await startCloud();
    const trouble = { event_type: 'abnormal', event_info: 'no such image', occur_time: Date.now() - 60_000 };
    cloud.cloud.addServiceEvent(SERVICE, trouble);
    const text = configText(cloud.url);
    await using folder = await folderWith({ 'config.yaml': text, 'bad.yaml': 'projects: []\n' });
    const cwd = folder.path;
    const good = await runBinary(['once'], { cwd });
    expect([good.code, good.stderr]).toEqual([0, '']);
    expect(
      parseSamples(good.stdout).get(
        `modelarts_target_up{project="prod",kind="service",target="${SERVICE}",target_name="digits"}`,
      ),
    ).toBe(1);
    expect(parseSamples(good.stdout).get('modelarts_active_alerts{severity="warning"}')).toBe(1);

    const one = await runBinary(['once', `--target=prod/service/${SERVICE}`], { cwd });
    expect([one.code, one.stderr]).toEqual([0, '']);
    expect(one.stdout).toContain(`modelarts_target_up{project="prod",kind="service",target="${SERVICE}"`);
    expect(one.stdout).not.toMatch(new RegExp(`${JOB}|^modelarts_exporter_`, 'm'));
    const none = await runBinary(['once', '--target=prod/service/none'], { cwd });
    expect(none).toEqual({
      code: 2,
      stdout: '',
      stderr: 'modelarts-exporter: no such target: prod/service/none\n',
    });

    cloud.faults.add({ kind: 'status', status: 503 }, { path: JOB });
    const failing = await runBinary(['once'], { cwd });
    expect(failing.code).toBe(1);
    expect(failing.stderr).toMatch(
      /^ts=\S+ level=warn msg="refresh failed" project=prod kind=training_job [^\n]+\n$/,
    );
    const samples = [...parseSamples(failing.stdout)];
    const up = samples.filter(([series]) => series.startsWith('modelarts_target_up'));
    expect(up.map(([, value]) => value).sort()).toEqual([0, 1, 1]);
    expect(samples.filter(([series]) => series.startsWith('modelarts_service_events_total'))).toHaveLength(2);
    for (const { stdout } of [good, failing]) expect(await lint(stdout)).toBe('');

    expect(failure(await runBinary(['once', '--config.file=bad.yaml'], { cwd })).code).toBe(2);
  },
);

test.concurrent('targets shows what would be collected and why', async () => {
  await using cloud = await startCloud();
  cloud.cloud.addService(PROJECT, { service_id: 'found', service_name: 'ocr' });
  cloud.cloud.addService(PROJECT, { service_id: 'canary', service_name: 'ocr-canary', status: 'failed' });
  cloud.cloud.addService(PROJECT, { service_id: 'halted', service_name: 'speech', status: 'stopped' });
  const services = { enabled: true, exclude: ['.*-canary'], status: ['running', 'failed'] };
  const text = configText(cloud.url, { project: { discovery: { services } } });
  await using folder = await folderWith({ 'config.yaml': text });
  const cwd = folder.path;
  const table = await runBinary(['targets'], { cwd });
  expect([table.code, table.stderr]).toEqual([0, '']);
  expect(table.stdout.split('\n')[0]).toMatch(/^PROJECT +KIND +ID +NAME +COLLECTED +WHY$/);
  expect(table.stdout).toMatch(/^prod +service +found +ocr +yes +discovered$/m);
  const { code, stdout } = await runBinary(['targets', '--json'], { cwd });
  expect(code).toBe(0);
  const rows = JSON.parse(stdout) as { id: string; collected: boolean; why: string }[];
  const why = new Map(rows.map((row) => [row.id, row]));
  expect(why.get(SERVICE)).toEqual({
    project: 'prod',
    kind: 'service',
    id: SERVICE,
    name: 'digits',
    collected: true,
    why: 'configured',
  });
  expect(why.get('canary')).toMatchObject({ collected: false, why: expect.stringContaining('.*-canary') });
  expect(why.get('halted')).toMatchObject({ collected: false, why: expect.stringContaining('status') });
  expect([why.get(JOB)?.why, why.get(POOL)?.why]).toEqual(['configured', 'configured']);

  cloud.faults.add({ kind: 'status', status: 403 }, { operation: 'list_services' });
  const failing = await runBinary(['targets'], { cwd });
  expect(failing.code).toBe(1);
  expect(failing.stderr).toContain('reason=forbidden');
  expect(failing.stderr).toMatch(
    /\nNOT COMPLETE, could not be read: the list of services in prod \(forbidden\)\n$/,
  );
  expect(failing.stdout).toContain(SERVICE);
});

test.concurrent('alerts prints what would be sent, and sends nothing', async () => {
  await using cloud = await startCloud();
  const words = 'Failed to pull the image.\nNo such image: digits:2.0';
  const at = Date.now() - 60_000;
  cloud.cloud.addServiceEvent(SERVICE, { event_type: 'abnormal', event_info: words, occur_time: at });
  let reached = false;
  const alertmanager = createServer((_, response) => {
    reached = true;
    response.end();
  }).listen(0, '127.0.0.1');
  await vi.waitFor(() => expect(alertmanager.listening).toBe(true), WAIT);
  const url = `http://127.0.0.1:${(alertmanager.address() as AddressInfo).port}`;
  const alerting = { alertmanagers: [{ url }], external_url: 'http://exporter', labels: { team: 'ml' } };
  await using folder = await folderWith({ 'config.yaml': configText(cloud.url, { alerting }) });
  const cwd = folder.path;
  try {
    const table = await runBinary(['alerts'], { cwd });
    expect([table.code, table.stderr]).toEqual([0, '']);
    expect(table.stdout.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^SEVERITY +ALERTNAME +SINCE +EVENTS +DESCRIPTION +LABELS$/),
      expect.stringMatching(
        /^warning +ModelArtsServiceAbnormalEvent .*Failed to pull the image\. No such image/,
      ),
    ]);
    const json = await runBinary(['alerts', '--json'], { cwd });
    expect(json.code).toBe(0);
    expect(JSON.parse(json.stdout)).toEqual([
      {
        labels: {
          alertname: 'ModelArtsServiceAbnormalEvent',
          kind: 'service',
          phase: 'image_pulling',
          project: 'prod',
          region: 'cn-north-4',
          service_id: SERVICE,
          service_name: 'digits',
          severity: 'warning',
          target: SERVICE,
          team: 'ml',
        },
        annotations: {
          summary: 'Service digits (project prod) reported an abnormal event',
          description: words,
          event_time: new Date(at).toISOString(),
          events: '1',
          runbook_url: 'http://exporter/docs/runbooks#modelartsserviceabnormalevent',
        },
        startsAt: new Date(at).toISOString(),
        endsAt: expect.any(String),
        generatorURL: `http://exporter/targets/prod/service/${SERVICE}`,
      },
    ]);
    expect(reached).toBe(false);
  } finally {
    alertmanager.close();
  }

  cloud.faults.add({ kind: 'status', status: 503 }, { path: JOB });
  const failing = await runBinary(['alerts'], { cwd });
  expect(failing.code).toBe(1);
  expect(failing.stdout).toContain('ModelArtsServiceAbnormalEvent');
});

test.concurrent('alerts says where it could not look', async () => {
  await using cloud = await startCloud();
  cloud.faults.add({ kind: 'status', status: 403 }, { operation: 'list_pools' });
  const project = { discovery: { pools: { enabled: true } } };
  await using folder = await folderWith({ 'config.yaml': configText(cloud.url, { project }) });
  const { code, stderr } = await runBinary(['alerts'], { cwd: folder.path });
  expect(code).toBe(1);
  expect(stderr).toContain('reason=forbidden');
});

test.concurrent('healthcheck tells by its exit code, and in one line what is wrong', async () => {
  await using cloud = await startCloud();
  // "secret" by bcrypt, at the least cost.
  const hash = '$2b$04$DW5AMgjCYEHnFRxI7jIT3uNG1J9NKy53CuLzp/hTm/sakstn1xI2y';
  await using open = await serve(configText(cloud.url));
  await using closed = await serve(configText(cloud.url), {
    args: ['--web.config.file=web.yml'],
    files: { 'web.yml': `basic_auth_users: { probe: ${hash} }\n` },
  });
  expect(await runBinary(['healthcheck', `--url=${open.url}`])).toEqual({ code: 0, stdout: '', stderr: '' });
  // One that insists on a password is well, whoever asks.
  const well = { code: 0, stdout: '', stderr: '' };
  expect(await runBinary(['healthcheck', `--url=${closed.url}`])).toEqual(well);
  const known = closed.url.replace('//', '//probe:secret@');
  expect(await runBinary(['healthcheck', `--url=${known}`])).toEqual(well);
  const astray = failure(await runBinary(['healthcheck', `--url=${open.url}/elsewhere`]));
  expect(astray).toEqual({ code: 1, line: `${open.url}/elsewhere/-/healthy answers 404` });
  // Nobody listens there, at either address of the host.
  const gone = failure(await runBinary(['healthcheck', '--url=http://localhost:1/']));
  expect(gone.code).toBe(1);
  expect(gone.line).toMatch(/^http:\/\/localhost:1\/-\/healthy: .*ECONNREFUSED/);
});

test.concurrent('state shows what a state file holds', async () => {
  await using cloud = await startCloud();
  const at = Date.now() - 1_000;
  const update = cloud.cloud.addUpdateRecord(SERVICE, { result: 'RUNNING', update_time: at, config: [] });
  await using running = await serve(configText(cloud.url, { state: { file: 'state' } }));
  cloud.cloud.addPoolEvent(POOL, {
    type: 'Warning',
    reason: 'NodeNotReady',
    message: 'a node is down',
    firstTimestamp: at + 2_000,
  });
  await vi.waitFor(async () => {
    expect((await running.scrape()).text).toContain('reason="NodeNotReady"} 1');
  }, WAIT);
  update.result = 'SUCCESS';
  await vi.waitFor(async () => {
    expect((await running.scrape()).text).toMatch(/^modelarts_service_updates_total\{.*"success".*\} 1$/m);
  }, WAIT);
  await running.binary.end();
  const cwd = running.file('');
  const table = await runBinary(['state', 'state'], { cwd });
  expect([table.code, table.stderr]).toEqual([0, '']);
  expect(table.stdout).toMatch(/^epoch {2}20\d\d-\S+Z\nsaved {2}20\d\d-\S+Z\n\nPROJECT +KIND +ID /);
  expect(table.stdout).toMatch(new RegExp(`^prod +pool +${POOL} .* warning/NodeNotReady=1 `, 'm'));
  const series = 'modelarts_service_deployments_total{result="success",phase="none"}';
  expect(table.stdout).toMatch(
    /\nwhat all targets together add up to, those of the past too\nPROJECT +KIND +SERIES +VALUE\n(?:prod +[a-z_]+ +\S+ +\S+\n)+$/,
  );
  expect(table.stdout).toMatch(/^prod +pool +modelarts_events_total\{problem="true"\} +1$/m);
  expect(table.stdout).toMatch(new RegExp(`^prod +service +${series} +1$`, 'm'));
  expect(table.stdout).toMatch(
    /^prod +service +modelarts_service_deployment_seconds_count\{result="success"\} +1$/m,
  );
  const json = JSON.parse((await runBinary(['state', 'state', '--json'], { cwd })).stdout) as {
    entries: unknown[];
    totals: { sums: { series: unknown[] }[] };
  };
  expect(json.entries).toHaveLength(3);
  expect(json.totals.sums.flatMap((sum) => sum.series)).toContainEqual({
    family: 'modelarts_service_deployments_total',
    labels: { result: 'success', phase: 'none' },
    values: [1],
  });
  for (const file of ['config.yaml', 'none', '.']) {
    const { code, line } = failure(await runBinary(['state', file], { cwd }));
    expect([code, line]).toEqual([1, expect.stringContaining(`${file}: `)]);
  }
});

test('demo tells where to look, shows every family, and ends with Ctrl-C', async () => {
  await using demo = new BuiltBinary(['demo', '--speed=40', '--web.listen-address=127.0.0.1:0']);
  const url = await demo.url();
  await vi.waitFor(() => {
    for (const path of ['/', '/metrics', '/api/v1/alerts']) expect(demo.stdout).toContain(`${url}${path}\n`);
  }, WAIT);
  let missing: readonly string[] = TARGET_FAMILIES.map(({ name }) => name);
  await vi.waitFor(async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    missing = missing.filter((name) => !text.includes(`\n${name}{`));
    expect(missing).toEqual([]);
  }, WAIT_QUIETLY);
  expect((await fetch(url)).status).toBe(200);
  const ended = await demo.end('SIGINT');
  expect(ended.code).toBe(0);
  // A simulated job may go away before it is read, which is worth a warning.
  expect(ended.stderr).not.toContain('level=error');
});

test.concurrent('demo sends its alerts to the Alertmanagers that are named', async () => {
  const taken = [new Set<string>(), new Set<string>()];
  const servers = taken.map((alertnames) =>
    createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      for (const { labels } of JSON.parse(body) as { labels: Record<string, string> }[]) {
        alertnames.add(`${request.url} ${labels['alertname']}`);
      }
      response.end();
    }).listen(0, '127.0.0.1'),
  );
  try {
    await vi.waitFor(() => expect(servers.every(({ listening }) => listening)).toBe(true), WAIT);
    const flags = servers.map(
      (server) => `--alertmanager.url=http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    );
    await using demo = new BuiltBinary(['demo', '--speed=40', '--web.listen-address=127.0.0.1:0', ...flags]);
    await demo.url();
    await vi.waitFor(() => {
      for (const alertnames of taken) expect([...alertnames].join()).toMatch(/alerts ModelArts/);
    }, WAIT);
    expect((await demo.end()).code).toBe(0);
  } finally {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  }
});

test.concurrent.each(['SIGTERM', 'SIGINT'] as const)(
  '%s ends a scrape that hangs, long before its request, and with 0',
  async (signal) => {
    await using cloud = await startCloud();
    cloud.faults.add({ kind: 'hang' });
    await using running = await serve(
      configText(cloud.url, { state: { file: 'state' }, event_log: 'events', api: { timeout: '5m' } }),
    );
    const scrape = running.scrape().catch(() => undefined);
    await vi.waitFor(() => expect(cloud.requests.count()).toBeGreaterThan(0), WAIT);
    const asked = performance.now();
    const { code, stderr } = await running.binary.end(signal);
    // A busy machine may take longer than five seconds, but what waits for the request takes five minutes.
    expect(performance.now() - asked).toBeLessThan(60_000);
    expect(code).toBe(0);
    expect(stderr).toContain('msg=ending');
    expect(stderr).not.toContain('level=error');
    await scrape;
  },
);

test.concurrent.each(['once', 'targets', 'alerts'])(
  '%s can be interrupted while the API hangs',
  async (command) => {
    await using cloud = await startCloud();
    cloud.faults.add({ kind: 'hang' });
    const project = { discovery: { services: { enabled: true } } };
    await using folder = await folderWith({ 'config.yaml': configText(cloud.url, { project }) });
    await using binary = new BuiltBinary([command], { cwd: folder.path });
    await vi.waitFor(() => expect(cloud.requests.count()).toBeGreaterThan(0), WAIT);
    expect((await binary.end('SIGINT')).code).toBe(130);
  },
);

test.concurrent('a reader that goes away is no crash', async () => {
  await using cloud = await startCloud();
  for (let i = 0; i < 300; i++) cloud.cloud.addService(PROJECT, { service_id: `service-${i}` });
  const project = { discovery: { services: { enabled: true } } };
  await using folder = await folderWith({ 'config.yaml': configText(cloud.url, { project }) });
  await using once = new BuiltBinary(['once'], { cwd: folder.path });
  once.process.stdout?.destroy();
  expect(await once.ended()).toMatchObject({ code: 0, stderr: '' });

  const text = configText(cloud.url, { event_log: 'stdout' });
  await using running = await serve(text, { args: ['--log.level=debug'] });
  running.binary.process.stdout?.destroy();
  running.binary.process.stderr?.destroy();
  const event = { event_type: 'normal', event_info: 'still here', occur_time: Date.now() };
  cloud.cloud.addServiceEvent(SERVICE, event);
  await vi.waitFor(async () => {
    const { samples } = await running.scrape();
    const series = `modelarts_service_events_total{project="prod",service_id="${SERVICE}",service_name="digits",event_type="normal"}`;
    expect(samples.get(series)).toBe(1);
  }, WAIT);
  expect((await running.binary.end()).code).toBe(0);
});

/** What promtool finds wrong with an exposition; empty where it likes it. */
function lint(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const promtool = spawn(PROGRAMS.promtool, ['check', 'metrics']);
    let said = '';
    for (const stream of [promtool.stdout, promtool.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    }
    promtool.on('error', reject).on('close', () => resolve(said));
    promtool.stdin.end(text);
  });
}
