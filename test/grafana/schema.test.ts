import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { dashboardTexts } from './dashboard-files.ts';
import type { SchemaTypes } from './schema-types.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** TypeScript that compiles where the dashboards are what Grafana's schema says, and hold nothing else. */
function program(texts: Iterable<string>): string {
  const types = JSON.stringify(`${ROOT}test/grafana/schema-types.ts`);
  const checks = [...texts].flatMap((text) => [
    `(${text}) satisfies SchemaTypes['dashboard'];`,
    ...panelChecks(text),
  ]);
  return [`import type { SchemaTypes } from ${types};`, ...checks].join('\n');
}

function panelChecks(text: string): string[] {
  const { panels = [] } = JSON.parse(text) as SchemaTypes['dashboard'];
  return panels
    .flatMap((panel) => ('panels' in panel ? panel.panels : [panel]))
    .map(({ type, options, fieldConfig }) => {
      const custom = fieldConfig?.defaults.custom;
      const parts = custom === undefined ? { options } : { options, custom };
      return `(${JSON.stringify(parts)}) satisfies SchemaTypes[${JSON.stringify(type)}];`;
    });
}

async function compile(source: string): Promise<string> {
  // Within node_modules, for the schema to be found.
  const cache = join(ROOT, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const directory = await mkdtemp(join(cache, 'dashboard-types-'));
  try {
    const file = join(directory, 'dashboards.ts');
    await writeFile(file, source);
    const options = [
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--allowImportingTsExtensions',
      '--module',
      'nodenext',
      '--target',
      'es2023',
    ];
    await promisify(execFile)(join(ROOT, 'node_modules/.bin/tsc'), [...options, '--types', '', file], {
      cwd: directory,
    });
    return '';
  } catch (error) {
    return (error as { stdout?: string }).stdout ?? String(error);
  } finally {
    await rm(directory, { recursive: true });
  }
}

test("every dashboard is of the types of Grafana's schema", async () => {
  expect(await compile(program(dashboardTexts().values()))).toBe('');
});

test.each([
  ['"graphTooltip": 1', '"graphTooltip": 7'],
  ['"legend":', '"legends":'],
  ['"colorMode": "value"', '"colorMode": "values"'],
  ['"gridPos":', '"position":'],
])('%s may not be %s', async (right, wrong) => {
  const text = dashboardTexts().get('modelarts-service.json') ?? '';
  expect(text).toContain(right);
  expect(await compile(program([text.replace(right, wrong)]))).toMatch(/^dashboards\.ts.* error TS2/m);
});
