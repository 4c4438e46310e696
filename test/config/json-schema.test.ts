import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configJsonSchema } from '../../src/config/json-schema.ts';

// Brought up to date by `npm run schema`.
test('the committed JSON Schema is the one of the code', async () => {
  const text = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../config.schema.json');
});

const VALUES = new URL('../../deploy/helm/modelarts-exporter/values.schema.json', import.meta.url);

/** The schema for Helm, whose regular expressions have no lookahead and where no configuration is one, too. */
function schemaForHelm(): object {
  const { $schema, title, required, ...rest } = JSON.parse(
    JSON.stringify(configJsonSchema(), (key, value) =>
      key === 'pattern' ? String(value).replace(/\(\?[=!].*?\)/g, '') : value,
    ),
  );
  return { ...rest, anyOf: [{ maxProperties: 0 }, { required }] };
}

test('the values of the Helm chart have the same schema of the configuration', async () => {
  const values = JSON.parse(readFileSync(VALUES, 'utf8'));
  const properties = { ...values.properties, config: schemaForHelm() };
  const text = `${JSON.stringify({ ...values, properties }, null, 2)}\n`;
  await expect(text).toMatchFileSnapshot(VALUES.pathname);
});
