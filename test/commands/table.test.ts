import { expect, test } from 'vitest';
import { formatTable } from '../../src/commands/table.ts';

test('columns are as wide as their widest cell, and lines end with text', () => {
  const rows = [
    ['a', 'b', ''],
    ['long', '', 'c'],
  ];
  expect(formatTable(['ID', 'NAME', 'WHY'], rows)).toBe('ID    NAME  WHY\na     b\nlong        c\n');
});

test('a row is one line, whatever its texts hold', () => {
  const text = 'first\n\u001b[31msecond\u202e third\ud800\r\n';
  expect(formatTable(['TEXT'], [[text]])).toBe('TEXT\nfirst [31msecond third\n');
});

test('long texts are cut between characters, but for the columns that are wanted whole', () => {
  const long = '😀'.repeat(100);
  const [, line] = formatTable(['ID', 'TEXT'], [[`x${long}`, long]], ['ID']).split('\n');
  expect(line).toBe(`x${long}  ${'😀'.repeat(49)}…`);
});
