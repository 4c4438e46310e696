import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { parseConfig } from '../../src/config/parse.ts';

const text = readFileSync('config.example.yaml', 'utf8');
const options = { file: 'config.example.yaml', env: {}, directory: '/etc/modelarts-exporter' };

/** Every key of the schema, and the default it has, by its path: `projects.[].name`. */
function keysOf(
  schema: unknown,
  path: readonly string[],
): readonly { path: readonly string[]; preset: unknown }[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {}, items } = schema as { properties?: Record<string, unknown>; items?: unknown };
  return [
    ...Object.entries(properties).flatMap(([key, value]) => [
      { path: [...path, key], preset: (value as { default?: unknown }).default },
      ...keysOf(value, [...path, key]),
    ]),
    ...keysOf(items, [...path, '[]']),
  ];
}

const keys = keysOf(configJsonSchema(), []);

test('the example is valid', () => {
  expect(parseConfig(text, options)).toMatchObject({ ok: true });
});

test('the example speaks of every key', () => {
  const missing = keys.filter(({ path }) => !new RegExp(`^[\\s#-]*${path.at(-1)}:`, 'm').test(text));
  expect(keys.length).toBeGreaterThan(80);
  expect(missing.map(({ path }) => path.join('.'))).toEqual([]);
});

test('the values of the example are the defaults, but for the project', () => {
  const example = parseConfig(text, options);
  const least = parseConfig(
    'projects: [{name: production, region: cn-north-4, auth: {environment: true}}]',
    options,
  );
  if (!example.ok || !least.ok) throw new Error('not valid');
  const apart = { projects: [], shown: undefined };
  expect({ ...example.config, ...apart }).toEqual({ ...least.config, ...apart });
  const [project] = example.config.projects;
  const [plain] = least.config.projects;
  expect(project?.discovery).toEqual(plain?.discovery);
  expect(project?.endpoint).toBe(plain?.endpoint);
  expect(project?.iamEndpoint).toBe(plain?.iamEndpoint);
  expect(project?.poolEvents).toBe(plain?.poolEvents);
  expect(project?.api).toEqual({ ...plain?.api, rateLimit: 5 });
});
