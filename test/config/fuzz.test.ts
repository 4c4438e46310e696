// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to environment variables look like that
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { runs } from '../laws.ts';

const SECRET = 'Sesame42open';
const example = readFileSync('config.example.yaml', 'utf8')
  .replaceAll(/^ *#.*\n/gm, '')
  .replaceAll(/example-(access|secret)-key/g, SECRET);
const env = { MODELARTS_ACCESS_KEY: SECRET, A: SECRET };

function check(text: string): void {
  const result = parseConfig(text, { file: 'f', env, directory: '/' });
  if (result.ok) {
    expect(JSON.stringify(result.config.shown())).toContain('projects');
    return;
  }
  const lines = text.split(/\r\n|\r|\n/).length;
  expect(result.problems.length).toBeGreaterThan(0);
  for (const problem of result.problems) {
    expect(problem.line).toBeGreaterThanOrEqual(1);
    expect(problem.line).toBeLessThanOrEqual(lines);
    expect(problem.column).toBeGreaterThanOrEqual(1);
    // A secret typed where the name of a variable belongs is taken for that name.
    expect(formatProblem(problem).replace(/environment variable \w+ is not set/, '')).not.toContain(SECRET);
    expect(formatProblem(problem)).not.toContain('\n');
  }
}

const fragment = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 5 }),
  fc.constantFrom(
    ...['*a', '&a ', '*', '[', ']', '{', '}', ': ', '- ', '\n', '"', "'", '|', '>', '!!binary ', '!x '],
    ...[
      '${A}',
      '${',
      '$$',
      '<<: ',
      '? ',
      '#',
      '---\n',
      '...\n',
      '\t',
      '%YAML 1.1\n',
      '\u0000',
      '\ud800',
      '~',
    ],
    ...['null', '0', '-1', '1e999', '.nan', 'true', '__proto__: 1\n', 'constructor', '\r', '\ufeff'],
  ),
);
const mutation = fc.record({ at: fc.nat(example.length), removed: fc.nat(30), added: fragment });

test('whatever is changed in a file, it is a configuration or its problems are told', () => {
  const text = fc
    .array(mutation, { minLength: 1, maxLength: 4 })
    .map((mutations) =>
      mutations.reduce(
        (current, { at, removed, added }) => current.slice(0, at) + added + current.slice(at + removed),
        example,
      ),
    );
  fc.assert(fc.property(text, check), runs(400));
});

test('any text at all is a configuration or its problems are told', () => {
  fc.assert(
    fc.property(
      fc.array(fragment).map((parts) => parts.join('')),
      check,
    ),
    runs(400),
  );
});

test('a whole part can be replaced by anything', () => {
  const valid = parseConfig(example, { file: 'f', env, directory: '/' });
  expect(valid.ok).toBe(true);
  const lines = example.split('\n');
  const change = fc.record({ at: fc.nat(lines.length - 1), value: fc.json({ maxDepth: 3 }) });
  fc.assert(
    fc.property(change, ({ at, value }) => {
      check(lines.with(at, `${lines[at]?.split(':')[0]}: ${value}`).join('\n'));
    }),
    runs(300),
  );
});
