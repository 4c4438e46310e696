// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to environment variables look like that
import { expect, test } from 'vitest';
import { expandEnvironment } from '../../src/config/environment.ts';

const env = { NAME: 'value', EMPTY: '', NESTED: '${NAME} $$' };

test.each([
  ['plain', 'plain', false],
  ['${NAME}', 'value', true],
  ['a-${NAME}-${NAME}', 'a-value-value', true],
  ['${UNSET:-default}', 'default', true],
  ['${UNSET:-}', '', true],
  ['${EMPTY}', '', true],
  ['${EMPTY:-default}', 'default', true],
  ['${NAME:-default}', 'value', true],
  ['${UNSET:-a:b/c}', 'a:b/c', true],
  ['$$', '$', false],
  ['$${NAME}', '${NAME}', false],
  ['$$${NAME}', '$value', true],
  ['^a$', '^a$', false],
  ['$NAME', '$NAME', false],
  ['${NESTED}', '${NAME} $$', true],
])('%s becomes %s', (text, expected, expanded) => {
  expect(expandEnvironment(text, env)).toEqual({ ok: true, text: expected, expanded });
});

test.each(['${UNSET}', '${constructor}', '${NAME} ${UNSET}'])('%s is not set', (text) => {
  expect(expandEnvironment(text, env)).toMatchObject({
    ok: false,
    message: expect.stringContaining('is not set'),
  });
});

test.each(['${', '${}', '${NAME', '${9}', '${a b}', '${NAME:=x}', '${NAME-x}'])(
  '%s is no reference',
  (text) => {
    expect(expandEnvironment(text, env)).toMatchObject({
      ok: false,
      message: expect.stringContaining('not a reference'),
    });
  },
);
