import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { KIND_NAMES, KIND_TABLE } from '../src/kind-table.ts';

const SRC = new URL('../src', import.meta.url).pathname;

/** Packages that may be imported only below these folders. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  got: ['http/', 'modelarts/', 'alerting/'],
  express: ['web/', 'simulator/'],
  'prom-client': ['metrics/'],
  zod: ['config/', 'web/'],
  yaml: ['config/'],
  commander: ['cli/'],
};

/**
 * The rooms of the house, the folders and the files beside them. Each may import only what comes before it, so
 * that no two ever import each other, not even by way of a third.
 */
const ROOMS_IN_ORDER = [
  'shipped-file.ts',
  'build-info.ts',
  'timers.ts',
  'disk.ts',
  'clock-steps.ts',
  'log.ts',
  'kind-table.ts',
  'target-key.ts',
  'state',
  'event-log',
  'config',
  'http',
  'modelarts',
  'metrics',
  'kinds',
  'alerting',
  'backtest',
  'collection',
  'loops.ts',
  'exporter.ts',
  'web',
  'recording',
  'doctor',
  'simulator',
  'cli',
  'commands',
  'main.ts',
];

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

function importsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  return [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map((match) => match[1] ?? '');
}

function roomOf(file: string): string {
  return file.split('/')[0] ?? '';
}

test('every room has its place', () => {
  expect(new Set(files.map(roomOf))).toEqual(new Set(ROOMS_IN_ORDER));
});

test.each(files)('%s imports only what its place allows', (file) => {
  const allowed = ROOMS_IN_ORDER.slice(0, ROOMS_IN_ORDER.indexOf(roomOf(file)));
  for (const imported of importsOf(file)) {
    if (imported.startsWith('node:')) {
      expect(isBuiltin(imported)).toBe(true);
    } else if (imported.startsWith('.')) {
      const target = relative(SRC, join(SRC, dirname(file), imported));
      if (roomOf(target) === roomOf(file)) continue;
      expect(allowed, `${file} imports ${target}`).toContain(roomOf(target));
    } else {
      const name = imported.split('/')[0] ?? '';
      const rooms = PACKAGES[name];
      if (rooms !== undefined)
        expect(
          rooms.some((room) => file.startsWith(room)),
          `${file} imports ${name}`,
        ).toBe(true);
    }
  }
});

/** Where a kind may be known by name: its own folder, the table of all, its settings, and the cloud that has it. */
const KNOWS_KINDS = ['kinds/', 'kind-table.ts', 'config/', 'simulator/'];
const KIND_WORDS = Object.entries(KIND_TABLE).flatMap(([name, { labels }]) => [name, labels.id, labels.name]);

test.each(files.filter((file) => !KNOWS_KINDS.some((place) => file.startsWith(place))))(
  '%s knows no kind by name',
  (file) => {
    const text = readFileSync(join(SRC, file), 'utf8');
    for (const word of new Set(KIND_WORDS)) expect(text).not.toMatch(new RegExp(`(['"\`])${word}\\1`));
    for (const name of KIND_NAMES) {
      expect(text, 'a table of its own').not.toMatch(new RegExp(`(?:^|[{,])\\s*${name}: `, 'm'));
    }
  },
);

/** It runs in the browser. */
const BROWSER = 'web/pages/live-script.ts';

test.each(files.filter((file) => file !== 'main.ts' && file !== BROWSER))(
  '%s leaves the process and the clock to main.ts',
  (file) => {
    const text = readFileSync(join(SRC, file), 'utf8');
    expect(text).not.toMatch(/\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(/);
    // Sockets know no other time.
    const isBesideTheWorld = file.startsWith('simulator/') || file === 'web/access/listen.ts';
    if (!isBesideTheWorld) expect(text).not.toMatch(/\bset(?:Timeout|Interval)\(/);
    expect(text).not.toMatch(/\bprocess\.(?:env|argv|exit|on|stdout|stderr)\b/);
  },
);

/** Where real time and the real disk are: everything else has them handed in, so that a test can play them. */
const REAL: Readonly<Record<string, readonly string[]>> = {
  'node:timers/promises': ['timers.ts', 'metrics/exposition.ts'],
  'node:fs': ['shipped-file.ts', 'config/read-file.ts', 'event-log/line-sink.ts', 'backtest/lines.ts'],
  'node:fs/promises': [
    'disk.ts',
    'state/state-lock.ts',
    'event-log/line-sink.ts',
    'config/named-files.ts',
    'http/watched-file.ts',
  ],
};

test.each(Object.entries(REAL))('%s is used by few', (builtin, allowed) => {
  const users = files.filter(
    (file) => importsOf(file).includes(builtin) && !/^(?:web|commands|simulator)\//.test(file),
  );
  expect(users.filter((file) => !allowed.includes(file))).toEqual([]);
});

test('main.ts loads a command only when it is asked for', () => {
  const text = readFileSync(join(SRC, 'main.ts'), 'utf8');
  const first = [...text.matchAll(/^import (?!type ).*'(\.[^']+)'/gm)].map((match) => match[1]);
  expect(first).toEqual([
    './build-info.ts',
    './cli/parse-command.ts',
    './commands/command-error.ts',
    './disk.ts',
    './timers.ts',
  ]);
});

test('only the demo command imports the simulator', () => {
  const importers = files.filter((file) => importsOf(file).some((path) => path.includes('simulator/')));
  expect(importers).toEqual(['commands/demo.ts']);
});
