// Runs the tests that have real servers with current ones, which Debian does not have. Go's own module client builds
// them once, in some minutes; npm test does without.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const OF_COUNTERS = ['e2e/increase', 'e2e/prometheus'];
/** These once: what they ask does not depend on start times. */
const OF_THE_REST = [
  'e2e/dashboards',
  'e2e/delivery',
  'e2e/alerting',
  'e2e/alertmanager-example',
  'current/log-shipping',
];
/** What newer servers can do with start times, and what tells `increase` without any estimate. */
const FEATURES = ['', 'created-timestamp-zero-ingestion', 'st-storage,xor2-encoding'];
const ANCHORED = 'promql-extended-range-selectors';

const SERVERS = JSON.parse(readFileSync(new URL('current-servers.json', import.meta.url), 'utf8'));
const pathOf = (name) => join(homedir(), SERVERS[name].path);

function go(folder, ...args) {
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod' };
  const { status, stdout } = spawnSync('go', args, {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`go ${args.join(' ')} failed`);
  return stdout.trim();
}

/** A module's folder, where it can be written to. */
function copyOf(source, folder) {
  const copy = join(folder, 'copy');
  cpSync(source, copy, { recursive: true });
  spawnSync('chmod', ['-R', 'u+w', copy]);
  return copy;
}

function build(name) {
  const { version, own, components } = SERVERS[name];
  const folder = mkdtempSync(join(tmpdir(), 'current-'));
  console.log(`building ${name} ${version}, which takes minutes the first time`);
  try {
    if (components !== undefined) buildOfComponents(name, folder);
    else if (own !== undefined) buildAsItIs(name, folder);
    else buildAsRequired(name, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** OpenTelemetry's builder makes a collector of just these components. */
function buildOfComponents(name, folder) {
  const { module, version, components } = SERVERS[name];
  const all = Object.entries(components).map(([sort, modules]) => [
    sort,
    modules.map((component) => ({ gomod: `${component} ${version}` })),
  ]);
  const output = join(folder, 'built');
  const dist = { name, module: 'current', output_path: output };
  const manifest = join(folder, 'manifest.yaml');
  writeFileSync(manifest, JSON.stringify({ dist, ...Object.fromEntries(all) }));
  go(folder, 'run', `${module}@${version}`, '--config', manifest);
  mkdirSync(dirname(pathOf(name)), { recursive: true });
  cpSync(join(output, name), pathOf(name));
}

/** Loki needs the modules that it replaces, and only its own folder says by which; what lies beside it comes from the proxy. */
function buildAsItIs(name, folder) {
  const { module, version, own } = SERVERS[name];
  const { Dir } = JSON.parse(go(folder, 'mod', 'download', '-json', `${module}@${version}`));
  const copy = copyOf(Dir, folder);
  go(copy, 'mod', 'edit', `-dropreplace=${own}`);
  go(copy, 'build', '-o', pathOf(name), `./cmd/${name}`);
}

/** `go install` takes no module that replaces others, as Prometheus does; a module that requires it is built all the same. */
function buildAsRequired(name, folder) {
  const { module, version, tags = '', placeholder } = SERVERS[name];
  const program = `${module}/cmd/${name}`;
  go(folder, 'mod', 'init', 'current');
  go(folder, 'get', `${program}@${version}`);
  if (placeholder !== undefined) {
    // Its web pages are not part of the module, and without any it does not compile.
    const copy = copyOf(go(folder, 'list', '-m', '-f', '{{.Dir}}', module), folder);
    mkdirSync(dirname(join(copy, placeholder)), { recursive: true });
    writeFileSync(join(copy, placeholder), '<!doctype html>\n');
    go(folder, 'mod', 'edit', `-replace=${module}=${copy}`);
  }
  go(folder, 'build', '-tags', tags, '-o', pathOf(name), program);
}

function run(tests, features) {
  console.log(`\nwith ${features === '' ? 'no feature enabled' : features}`);
  const env = {
    ...process.env,
    TEST_PROMETHEUS: pathOf('prometheus'),
    TEST_ALERTMANAGER: pathOf('alertmanager'),
    TEST_PROMETHEUS_FEATURES: features,
    TEST_LOKI: pathOf('loki'),
    TEST_OTELCOL: pathOf('otelcol'),
  };
  const files = tests.map((name) => `test/${name}.test.ts`);
  return spawnSync('npx', ['vitest', 'run', ...files], { stdio: 'inherit', env }).status ?? 1;
}

const missing = Object.keys(SERVERS).filter((name) => !existsSync(pathOf(name)));
if (missing.length > 0 && spawnSync('go', ['version']).status !== 0) {
  console.error(`
  ****************************************************************************
  NO GO TOOLCHAIN to build ${missing.join(' and ')} with: the tests with current servers are SKIPPED.
  ****************************************************************************
`);
  process.exit(process.env.CI === 'true' ? 1 : 0);
}
for (const name of missing) build(name);
const runs = [
  ...FEATURES.map((features) => [OF_COUNTERS, features === '' ? '' : `${features},${ANCHORED}`]),
  [OF_THE_REST, ''],
];
for (const [tests, features] of runs) {
  const failed = run(tests, features);
  if (failed !== 0) process.exit(failed);
}
