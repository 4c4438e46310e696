import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCommand } from '../../src/cli/parse-command.ts';

const log = { logLevel: 'info', logFormat: 'logfmt' };
const collect = { configFile: 'config.yaml', shard: { index: 0, count: 1 }, ...log };
const listen = [{ port: 10979 }];
const serve = {
  kind: 'serve',
  listen,
  webConfigFile: '',
  lifecycle: false,
  autoReloadInterval: 0,
  record: '',
  paths: { telemetry: '/metrics', routePrefix: '', linkPrefix: '' },
  externalUrl: '',
  ...collect,
};

function parse(line: string) {
  return parseCommand(line.split(' ').filter((word) => word !== ''));
}

test.each([
  ['', serve],
  ['serve', serve],
  ['--config.file=a.yaml', { ...serve, configFile: 'a.yaml' }],
  ['--config.file a.yaml', { ...serve, configFile: 'a.yaml' }],
  ['serve --log.level=debug --log.format json', { ...serve, logLevel: 'debug', logFormat: 'json' }],
  ['--config.auto-reload-interval=1m30s', { ...serve, autoReloadInterval: 90_000 }],
  [
    '--web.telemetry-path=/own/metrics --web.route-prefix=/a/',
    { ...serve, paths: { telemetry: '/own/metrics', routePrefix: '/a', linkPrefix: '/a' } },
  ],
  [
    '--web.external-url=https://example.com/b/',
    {
      ...serve,
      paths: { telemetry: '/metrics', routePrefix: '/b', linkPrefix: '/b' },
      externalUrl: 'https://example.com/b',
    },
  ],
  [
    '--web.external-url=https://example.com/b --web.route-prefix=/',
    {
      ...serve,
      paths: { telemetry: '/metrics', routePrefix: '', linkPrefix: '/b' },
      externalUrl: 'https://example.com/b',
    },
  ],
  ['--shard=2/3', { ...serve, shard: { index: 2, count: 3 } }],
  [
    '--web.enable-lifecycle --web.config.file=web.yaml',
    { ...serve, lifecycle: true, webConfigFile: 'web.yaml' },
  ],
  ['check-config a.yaml b.yaml', { kind: 'check-config', files: ['a.yaml', 'b.yaml'] }],
  [
    'once --config.file=a.yaml --shard=0/2',
    { kind: 'once', record: '', ...collect, configFile: 'a.yaml', shard: { index: 0, count: 2 } },
  ],
  [
    'once --target=prod/service/0a/b',
    { kind: 'once', record: '', ...collect, target: { project: 'prod', kind: 'service', id: '0a/b' } },
  ],
  ['targets', { kind: 'targets', json: false, ...collect }],
  ['targets --json', { kind: 'targets', json: true, ...collect }],
  [
    'alerts --json --log.level=error',
    { kind: 'alerts', json: true, replay: [], ...collect, logLevel: 'error' },
  ],
  ['alerts --replay=b --replay -', { kind: 'alerts', json: false, replay: ['b', '-'], ...collect }],
  [
    'doctor --config.file=a.yaml --report=r --record=f',
    { kind: 'doctor', configFile: 'a.yaml', report: 'r', record: 'f', ...log },
  ],
  ['once --record=f', { kind: 'once', record: 'f', ...collect }],
  [
    'demo --event-log=e',
    { kind: 'demo', replay: '', eventLog: 'e', seed: 1, speed: 1, alertmanagers: [], listen, ...log },
  ],
  [
    'demo --replay=f',
    { kind: 'demo', eventLog: '', replay: 'f', seed: 1, speed: 1, alertmanagers: [], listen, ...log },
  ],
  ['state exporter.json', { kind: 'state', file: 'exporter.json', json: false }],
  ['state --json exporter.json', { kind: 'state', file: 'exporter.json', json: true }],
  ['healthcheck', { kind: 'healthcheck', url: 'http://localhost:10979' }],
  ['healthcheck --url=https://exporter/prefix/', { kind: 'healthcheck', url: 'https://exporter/prefix' }],
  ['demo', { kind: 'demo', eventLog: '', replay: '', seed: 1, speed: 1, alertmanagers: [], listen, ...log }],
  [
    'demo --seed=7 --speed 0.5',
    { kind: 'demo', eventLog: '', replay: '', seed: 7, speed: 0.5, alertmanagers: [], listen, ...log },
  ],
  [
    'demo --alertmanager.url=http://a:9093/ --alertmanager.url=http://b:9093',
    {
      kind: 'demo',
      eventLog: '',
      replay: '',
      seed: 1,
      speed: 1,
      alertmanagers: ['http://a:9093', 'http://b:9093'],
      listen,
      ...log,
    },
  ],
  ['--version', { kind: 'version' }],
])('%s', (line, command) => {
  expect(parse(line)).toEqual(command);
});

test.each([
  [':10980', { port: 10980 }],
  ['0.0.0.0:9', { host: '0.0.0.0', port: 9 }],
  ['localhost:9100', { host: 'localhost', port: 9100 }],
  ['[::1]:0', { host: '::1', port: 0 }],
])('listens on %s', (text, address) => {
  expect(parse(`--web.listen-address=${text}`)).toMatchObject({ listen: [address] });
  expect(parse(`demo --web.listen-address ${text}`)).toMatchObject({ listen: [address] });
});

test('listens on several addresses', () => {
  expect(parse('--web.listen-address=:1 --web.listen-address=:2')).toMatchObject({
    listen: [{ port: 1 }, { port: 2 }],
  });
});

test.each([
  ['nonsense', /no such command: "nonsense"$/],
  ['tragets', /no such command: "tragets" \(Did you mean targets\?\)$/],
  ['nonsense --json', /no such command: "nonsense"/],
  ['--nonsense', /unknown option '--nonsense'/],
  ['--config.fil=x', /unknown option.*--config\.file/],
  ['--config.file', /argument missing/],
  ['--log.level=loud', /debug, info, warn, error/],
  ['--log.format=xml', /logfmt, json/],
  ['--shard=3/3', /less than n/],
  ['--shard=0/0', /less than n/],
  ['--shard=-1/3', /Expected i\/n/],
  ['--shard=1', /Expected i\/n/],
  ['--web.listen-address=10979', /expected host:port/],
  ['--web.listen-address=::1:9', /expected host:port/],
  ['--web.listen-address=:65536', /expected host:port/],
  ['--web.listen-address=:', /expected host:port/],
  ['--web.listen-address=http://localhost:9', /expected host:port/],
  ['--config.auto-reload-interval=30', /Expected a duration/],
  ['--config.auto-reload-interval=2d', /at most a day/],
  ['--web.telemetry-path=/', /Something else/],
  ['--web.telemetry-path=/api/v2', /Something else/],
  ['--web.route-prefix=a', /Expected a path/],
  ['--web.route-prefix=/a b', /Expected a path|too many/],
  ['--web.external-url=https://example.com/?a', /without a query/],
  ['--web.external-url=example.com', /http or https/],
  ['check-config', /missing required argument 'file'/],
  ['state', /missing required argument 'file'/],
  ['state a b', /too many arguments/],
  ['once --target=prod/job/x', /Expected PROJECT\/KIND\/ID with a kind of service/],
  ['once --target=x', /Expected PROJECT/],
  ['once more', /too many arguments/],
  ['once --json', /unknown option '--json'/],
  ['healthcheck --url=localhost', /Expected an http or https URL/],
  ['demo --seed=x', /whole number/],
  ['demo --speed=0', /above 0/],
  ['demo --speed=x', /above 0/],
  ['demo --config.file=x', /unknown option/],
])('%s is wrong', (line, message) => {
  const command = parse(line);
  expect(command).toEqual({ kind: 'usage', message: expect.stringMatching(message) });
});

test('help speaks of every command and every flag', () => {
  const help = parse('--help');
  if (help.kind !== 'help') throw new Error('no help');
  for (const name of [
    'serve',
    'check-config',
    'once',
    'targets',
    'alerts',
    'doctor',
    'state',
    'healthcheck',
    'demo',
  ]) {
    expect(help.text).toContain(`  ${name}`);
    expect(parse(`${name} --help`)).toMatchObject({
      kind: 'help',
      text: expect.stringContaining(`exporter ${name}`),
    });
  }
  expect(parse('serve --help')).toMatchObject({
    kind: 'help',
    text: expect.stringMatching(
      /--config\.file <file>.*"config\.yaml".*--shard.*0\/1.*--web\.listen-address.*":10979".*--web\.enable-lifecycle/s,
    ),
  });
});

test('help alone has the flags of serve, which runs without a command', () => {
  const help = parse('--help');
  for (const flag of ['--config.file <file>', '--shard <i/n>', '--web.enable-lifecycle', '--log.format']) {
    expect(help).toMatchObject({ text: expect.stringContaining(`  ${flag}`) });
  }
});

test('help is a command too', () => {
  expect(parse('help')).toEqual(parse('--help'));
  expect(parse('help once')).toEqual(parse('once --help'));
});

test('any arguments make a command', () => {
  const word = fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom(
      'serve',
      'demo',
      'state',
      'help',
      '--',
      '-',
      '--help',
      '--shard',
      '--json',
      '--web.listen-address',
    ),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 5 }), (args) => {
      expect(parseCommand(args).kind).toMatch(/^[a-z-]+$/);
    }),
  );
});
