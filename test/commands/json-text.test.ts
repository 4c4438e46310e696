import { expect, test } from 'vitest';
import { jsonText } from '../../src/commands/json-text.ts';

test('no text of a value reaches the terminal as a control, and the value stays the same', () => {
  const value = { name: 'a\u009b31mred\u202e\u2028', list: ['\u001b[2J', '中文 😀'] };
  const text = jsonText(value);
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\u2028\u202e]/u);
  expect(text).toContain('中文 😀');
  expect(text.split('\n')).toHaveLength(8);
  expect(JSON.parse(text)).toEqual(value);
});
