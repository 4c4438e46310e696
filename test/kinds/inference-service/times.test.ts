import { expect, test } from 'vitest';
import { instantOf } from '../../../src/kinds/inference-service/times.ts';

const NOW = Date.parse('2026-05-06T07:08:09.123Z');
const AT = Date.parse('2026-05-06T07:00:00Z');

test.each([
  AT,
  String(AT),
  AT / 1000,
  String(AT / 1000),
  '2026-05-06T07:00:00Z',
  '2026-05-06T15:00:00+08:00',
  '2026-05-06 07:00:00',
  // China's, where as UTC it would lie ahead.
  '2026-05-06 15:00:00',
])('%j is the same instant', (value) => {
  expect(instantOf(value, NOW)).toBe(AT);
});

test.each([
  undefined,
  null,
  '',
  'now',
  -1,
  {},
  NOW + 300_001,
  '2026-05-07T07:00:00Z',
  '2026-05-07 07:00:00',
  '2026-99-06 07:00:00',
])('%j is no instant', (value) => {
  expect(instantOf(value, NOW)).toBeUndefined();
});
