import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { hashSync } from 'bcryptjs';
import { expect, vi } from 'vitest';
import { startDemo } from '../../src/simulator/world/demo.ts';
import { WAIT } from '../patience.ts';
import { PROGRAMS, testWith } from '../programs.ts';
import { makeCertificates } from '../web/access/certificates.ts';
import { BuiltBinary, folderWith, runBinary } from './built-binary.ts';
import { RealPrometheus } from './real-prometheus.ts';

const WEB_CONFIG = `tls_server_config:
  cert_file: live.crt
  key_file: live.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca.crt
basic_auth_users:
  prometheus: ${hashSync('right', 10)}
`;

/** An exporter of the demo's cloud that asks for a client certificate and a password. */
async function guardedExporter() {
  const demo = await startDemo({ now: Date.now });
  const folder = await folderWith({ 'config.yaml': demo.configYaml, 'web.yaml': WEB_CONFIG });
  makeCertificates(folder.path, ['server', 'renewed', 'client']);
  for (const end of ['crt', 'key']) copyFileSync(folder.file(`server.${end}`), folder.file(`live.${end}`));
  const exporter = new BuiltBinary(
    ['--config.file=config.yaml', '--web.config.file=web.yaml', '--web.listen-address=127.0.0.1:0'],
    { cwd: folder.path },
  );
  return {
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

testWith('prometheus', 'openssl').concurrent(
  'Prometheus scrapes with certificate and password, and is refused without either',
  async () => {
    await using guarded = await guardedExporter();
    const { folder, url } = guarded;
    const { host } = new URL(url);
    const job = (name: string, certificate: string, password: string) => `
  - job_name: ${name}
    scheme: https
    tls_config: { ca_file: ca.crt${certificate} }
    basic_auth: { username: prometheus, password: ${password} }`;
    const client = ', cert_file: client.crt, key_file: client.key';
    const target = `\n    static_configs: [{ targets: ['${host}'] }]`;
    const files = ['ca.crt', 'client.crt', 'client.key'].map((name) => [
      name,
      readFileSync(folder.file(name), 'utf8'),
    ]);
    await using prometheus = await RealPrometheus.start(
      `
global: { scrape_interval: 5s }
scrape_configs:${job('good', client, 'right')}${target}${job('password', client, 'wrong')}${target}${job('certificate', '', 'right')}${target}${job('probe', client, 'right')}
    http_sd_configs:
      - url: ${url}/sd
        refresh_interval: 1s
        tls_config: { ca_file: ca.crt${client} }
        basic_auth: { username: prometheus, password: right }
`,
      Object.fromEntries(files),
    );
    await vi.waitFor(async () => {
      const up = (await prometheus.query('min by (job) (up)')).map(({ metric, value }) => [
        metric['job'],
        value[1],
      ]);
      expect(Object.fromEntries(up)).toEqual({ good: '1', probe: '1', password: '0', certificate: '0' });
      expect(await prometheus.value('count(up{job="probe"})')).toBeGreaterThan(10);
    }, WAIT);
    expect(await prometheus.value('count(modelarts_target_up{job=~"password|certificate"})')).toBeUndefined();
  },
);

testWith('curl', 'openssl').concurrent(
  'curl and the health check at a guarded exporter, whose certificate is renewed',
  async () => {
    await using guarded = await guardedExporter();
    const { folder, url } = guarded;
    const curl = async (...args: readonly string[]) => {
      const all = [
        '--silent',
        '--output',
        '/dev/null',
        '--write-out',
        '%{http_code}',
        '--cacert',
        'ca.crt',
        ...args,
      ];
      try {
        return (await promisify(execFile)(PROGRAMS.curl, [...all, `${url}/metrics`], { cwd: folder.path }))
          .stdout;
      } catch (error) {
        return (error as { stdout?: string }).stdout;
      }
    };
    const certificate = ['--cert', 'client.crt', '--key', 'client.key'];
    expect(await curl(...certificate, '--user', 'prometheus:right')).toBe('200');
    expect(await curl(...certificate, '--user', 'prometheus:right', '--tls-max', '1.2')).toBe('200');
    expect(await curl(...certificate, '--user', 'prometheus:wrong')).toBe('401');
    expect(await curl(...certificate, '--user', 'nobody:right')).toBe('401');
    expect(await curl(...certificate)).toBe('401');
    expect(await curl('--user', 'prometheus:right')).toBe('000');
    expect(await curl('--user', 'prometheus:right', '--tls-max', '1.2')).toBe('000');

    expect(await runBinary(['healthcheck', `--url=${url}`])).toEqual({ code: 0, stdout: '', stderr: '' });

    const servedName = async () => {
      const { hostname, port } = new URL(url);
      const file = (name: string) => readFileSync(folder.file(name));
      const socket = connect({
        host: hostname,
        port: Number(port),
        ca: file('ca.crt'),
        cert: file('client.crt'),
        key: file('client.key'),
      });
      await once(socket, 'secureConnect');
      const name = socket.getPeerCertificate().subject.CN;
      socket.destroy();
      return name;
    };
    expect(await servedName()).toBe('server');
    for (const end of ['key', 'crt']) copyFileSync(folder.file(`renewed.${end}`), folder.file(`live.${end}`));
    await vi.waitFor(async () => expect(await servedName()).toBe('renewed'), WAIT);
    expect(await curl(...certificate, '--user', 'prometheus:right')).toBe('200');

    expect((await guarded.exporter.end()).code).toBe(0);
    const ended = await runBinary(['healthcheck', `--url=${url.replace('//', '//u:hunter2@')}`]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(new RegExp(`^${url}/-/healthy: .*ECONNREFUSED.*\\n$`));
  },
);

testWith().concurrent('the health check accepts users, and says what is no exporter', async () => {
  const demo = await startDemo({ now: Date.now });
  try {
    const users = `basic_auth_users: { prometheus: ${hashSync('right', 4)} }\n`;
    await using folder = await folderWith({ 'config.yaml': demo.configYaml, 'web.yaml': users });
    await using exporter = new BuiltBinary(
      ['--config.file=config.yaml', '--web.config.file=web.yaml', '--web.listen-address=127.0.0.1:0'],
      { cwd: folder.path },
    );
    const url = await exporter.url();
    expect((await runBinary(['healthcheck', `--url=${url}`])).code).toBe(0);
    const other = await runBinary(['healthcheck', `--url=${demo.simulator.url}`]);
    expect([other.code, other.stderr]).toEqual([1, `${demo.simulator.url}/-/healthy answers 404\n`]);
  } finally {
    await demo.close();
  }
});
