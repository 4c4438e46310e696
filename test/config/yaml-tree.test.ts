import { expect, onTestFinished, test } from 'vitest';
import { formatProblem } from '../../src/config/problem.ts';
import { readYaml } from '../../src/config/yaml-tree.ts';

function problemsOf(text: string): readonly string[] {
  return readYaml(text, 'f', {}).problems.map(formatProblem);
}

test('a file over 1 MiB is refused', () => {
  expect(problemsOf(`a: ${'x'.repeat(1 << 20)}`)).toEqual(['f:1:1: the file is larger than 1 MiB']);
});

test.each([
  ['lists', '['.repeat(200) + ']'.repeat(200)],
  ['mappings', '{a: '.repeat(200) + '}'.repeat(200)],
])('deeply nested %s are refused', (_, value) => {
  expect(problemsOf(`a: ${value}`)).toEqual(['f:1:1: the file is nested deeper than 100 levels']);
});

test.each(['[', '{a: ', '- ', '? ', '[[[', '!x ', '&a ', '"'])(
  '%j repeated without an end gives one line',
  (part) => {
    // The parser makes up to an error for each, of which nobody reads where it was made.
    const { stackTraceLimit } = Error;
    onTestFinished(() => {
      Error.stackTraceLimit = stackTraceLimit;
    });
    Error.stackTraceLimit = 0;
    expect(problemsOf(part.repeat(100_000))).toHaveLength(1);
  },
);

test('many keys and many aliases are no problem', () => {
  const keys = Array.from({ length: 60_000 }, (_, i) => `k${i}:\n`).join('');
  expect(problemsOf(keys)).toEqual([]);
  expect(problemsOf(`a: &a 1\nb: [${'*a, '.repeat(60_000)}]\n`)).toEqual([]);
});

test.each([
  ['\r\n', 'a: 1\r\nb: 2\r\na: 3\r\n'],
  ['a byte order mark', '\ufeffa: 1\nb: 2\na: 3\n'],
])('lines are counted right with %s', (_, text) => {
  expect(problemsOf(text)).toEqual(['f:3:1: a: this key is already given above']);
});

test.each([
  'token: *Sesame',
  'token: |Sesame',
  'token: "\\Sesame"',
  'token: @Sesame',
  'token: a: Sesame',
  'token: "x" Sesame',
])('the complaint about %s does not quote it', (text) => {
  const problems = problemsOf(text);
  expect(problems).toHaveLength(1);
  expect(problems[0]).not.toContain('Sesame');
});
