import { expect, test } from 'vitest';
import { configJsonSchema } from '../../src/config/json-schema.ts';

// Brought up to date by `npx vitest run test/config/json-schema.test.ts -u`.
test('the committed JSON Schema is the one of the code', async () => {
  const text = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../config.schema.json');
});
