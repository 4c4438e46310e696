import { writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { expect, test, vi } from 'vitest';
import { startDemo } from '../../src/simulator/world/demo.ts';
import { freePort } from '../free-port.ts';
import { WAIT } from '../patience.ts';
import { createInstruments } from '../simulator-kit/instruments.ts';
import { BuiltBinary, folderWith, runBinary } from './built-binary.ts';
import { configText, JOB, POOL, SERVICE, sample, serve, startCloud } from './scene.ts';

const OPENMETRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
const TEXT = 'text/plain; version=0.0.4; charset=utf-8';

/** An exporter of the demo's cloud, which stands still. */
async function exporterWith(...flags: readonly string[]) {
  const { faults, onExchange } = createInstruments();
  const demo = await startDemo({ now: Date.now, onExchange });
  demo.pause();
  const folder = await folderWith({ 'config.yaml': demo.configYaml });
  const exporter = new BuiltBinary(['--config.file=config.yaml', ...flags], { cwd: folder.path });
  return {
    demo,
    faults,
    folder,
    exporter,
    url: await exporter.url(),
    async [Symbol.asyncDispose]() {
      await exporter[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
      await demo.close();
    },
  };
}

/** Status and headers as they come, undecoded. */
function ask(url: string, headers: Record<string, string>, method = 'GET') {
  return new Promise<{ status: number | undefined; headers: NodeJS.Dict<string | string[]>; size: number }>(
    (resolve, reject) => {
      get(url, { headers, method, agent: false }, (res) => {
        let size = 0;
        res.on('data', (part: Buffer) => {
          size += part.length;
        });
        res.on('end', () => resolve({ status: res.statusCode, headers: res.headers, size }));
      }).on('error', reject);
    },
  );
}

test.concurrent('Prometheus 2 and 3 get the format that they ask for, and deadlines that make no sense do no harm', async () => {
  await using running = await exporterWith('--web.listen-address=127.0.0.1:0');
  const metrics = `${running.url}/metrics`;
  await vi.waitFor(async () => expect((await fetch(`${running.url}/-/ready`)).ok).toBe(true), WAIT);
  for (const [accept, type] of [
    // 2.42
    [
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      OPENMETRICS,
    ],
    // 3, without and with native histograms
    [
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,/;q=0.1',
      OPENMETRICS,
    ],
    [
      'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
      OPENMETRICS,
    ],
    // 3, set to the text format
    [
      'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,application/openmetrics-text;version=1.0.0;q=0.2,*/*;q=0.1',
      TEXT,
    ],
    ['*/*', TEXT],
    ['application/json', TEXT],
  ] as const) {
    const plain = await ask(metrics, { accept });
    const packed = await ask(metrics, { accept, 'accept-encoding': 'gzip' });
    expect([plain.headers['content-type'], packed.headers['content-type']]).toEqual([type, type]);
    expect([plain.headers['content-encoding'], packed.headers['content-encoding']]).toEqual([
      undefined,
      'gzip',
    ]);
    expect(packed.size).toBeLessThan(plain.size / 4);
    const head = await ask(metrics, { accept }, 'HEAD');
    expect([head.status, head.headers['content-type'], head.size]).toEqual([200, type, 0]);
  }
  for (const seconds of [
    '0',
    '-1',
    '',
    'soon',
    'NaN',
    'Infinity',
    '1e400',
    '9'.repeat(400),
    '0.001',
    '5,5',
  ]) {
    const { status, size } = await ask(metrics, { 'x-prometheus-scrape-timeout-seconds': seconds });
    expect([status, size > 1_000]).toEqual([200, true]);
  }
});

test.concurrent('without the lifecycle flag nobody reloads; with it a good file is taken and a bad one changes nothing', async () => {
  await using closed = await exporterWith('--web.listen-address=127.0.0.1:0');
  for (const method of ['POST', 'PUT']) {
    expect((await fetch(`${closed.url}/-/reload`, { method })).status).toBe(403);
  }
  await using open = await exporterWith('--web.listen-address=127.0.0.1:0', '--web.enable-lifecycle');
  const reload = (method: string) => fetch(`${open.url}/-/reload`, { method });
  const listed = async () => {
    const answer = (await (await fetch(`${open.url}/api/v1/status/config`)).json()) as {
      data: { projects: { services: { name: string }[] }[] };
    };
    return answer.data.projects.flatMap(({ services }) => services.map(({ name }) => name));
  };
  const file = open.folder.file('config.yaml');
  await writeFile(file, open.demo.configYaml.replace('name: recommendation', 'name: renamed'));
  expect((await reload('PUT')).status).toBe(200);
  expect(await listed()).toEqual(['renamed']);
  await writeFile(file, `${open.demo.configYaml}nonsense: 1\n`);
  const refused = await reload('POST');
  expect([refused.status, await refused.text()]).toEqual([
    500,
    expect.stringMatching(/config\.yaml:\d+:1: nonsense: unknown key\n$/),
  ]);
  expect(await listed()).toEqual(['renamed']);
  const { headers, status } = await fetch(`${open.url}/-/reload`);
  expect([status, headers.get('allow')]).toEqual([405, 'POST, PUT']);
});

test.concurrent('several addresses, IPv4 and IPv6; a port that is taken is one line', async () => {
  const port = await freePort();
  await using running = await exporterWith(
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.listen-address=[::1]:0',
  );
  const [, ipv6 = ''] = /addresses="\S+ (http:\/\/\[::1\]:\d+)"/.exec(running.exporter.stderr) ?? [];
  for (const url of [running.url, ipv6]) {
    expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
    const [group] = (await (await fetch(`${url}/sd`)).json()) as { targets: string[] }[];
    expect(group?.targets).toEqual([new URL(url).host]);
  }
  const second = await runBinary(['--config.file=config.yaml', `--web.listen-address=127.0.0.1:${port}`], {
    cwd: running.folder.path,
  });
  expect(second.code).toBe(1);
  expect(second.stderr).toBe(`modelarts-exporter: cannot listen on 127.0.0.1:${port}: the port is taken\n`);
});

test.concurrent('more scrapes at once than it serves are turned away, and those it serves are served', async () => {
  await using running = await exporterWith('--web.listen-address=127.0.0.1:0');
  await vi.waitFor(async () => expect((await fetch(`${running.url}/-/ready`)).ok).toBe(true), WAIT);
  // No read ends before the scrapes do, also where much else is done.
  running.faults.add({ kind: 'latency', ms: 60_000 });
  const scrape = (seconds: number) =>
    ask(`${running.url}/metrics`, { 'x-prometheus-scrape-timeout-seconds': `${seconds}` });
  // Until targets are due again.
  await vi.waitFor(async () => {
    const began = performance.now();
    await scrape(1);
    expect(performance.now() - began).toBeGreaterThan(400);
  }, WAIT);
  const answers = await Promise.all(Array.from({ length: 45 }, () => scrape(10)));
  const of = (wanted: number) => answers.filter(({ status }) => status === wanted).length;
  expect([of(200), of(503)]).toEqual([40, 5]);
  expect((await ask(`${running.url}/metrics`, {})).status).toBe(200);
});

test.concurrent('scrapes that wait when the end is asked for are answered with what there is, and the end is quick', async () => {
  await using cloud = await startCloud();
  await using exporter = await serve(configText(cloud.url));
  await vi.waitFor(async () => expect((await exporter.scrape('/-/ready')).status).toBe(200), WAIT);
  cloud.faults.add({ kind: 'hang' });
  const before = cloud.requests.count();
  await vi.waitFor(async () => {
    await exporter.scrape('/metrics', { 'x-prometheus-scrape-timeout-seconds': '1' });
    expect(cloud.requests.count()).toBeGreaterThanOrEqual(before + 3);
  }, WAIT);
  const patience = { 'x-prometheus-scrape-timeout-seconds': '60' };
  const probe = `/probe?project=prod&kind=pool&target=${POOL}`;
  const waiting = [
    ...Array.from({ length: 20 }, () => exporter.scrape('/metrics', patience)),
    exporter.scrape(probe, patience),
  ];
  // It is asked after them, and so answered when they have come.
  await exporter.scrape('/-/healthy');
  const ended = exporter.binary.end();
  const answers = await Promise.all(waiting);
  // They got what there is: nothing that hangs was given up before its timeout.
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  for (const id of [SERVICE, JOB, POOL]) {
    expect(answers[0] && sample(answers[0], 'modelarts_target_up{', id)).toBe(1);
  }
  const { code, stderr } = await ended;
  expect(code).toBe(0);
  expect(stderr).not.toContain('MaxListeners');
});
