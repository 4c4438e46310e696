import { expect, test } from 'vitest';
import { onlyNamed } from '../../src/metrics/name-filter.ts';

const CHUNKS = [
  '# HELP a_total A.\n# TYPE a_total counter\na_total{x="a b"} 1\n',
  'a_total{x="# HELP b"} 2\n# HELP b B.\n# TYPE b histogram\nb_bucket{le="+Inf"} 1\nb_sum 1\n',
  'b_count 1\n# HELP c C.\n# TYPE c gauge\nc 3\n',
];
const A = '# HELP a_total A.\n# TYPE a_total counter\na_total{x="a b"} 1\na_total{x="# HELP b"} 2\n';
const B = '# HELP b B.\n# TYPE b histogram\n';
const C = '# HELP c C.\n# TYPE c gauge\nc 3\n';

test.each([
  [['a_total'], A],
  [['b'], `${B}b_bucket{le="+Inf"} 1\nb_sum 1\nb_count 1\n`],
  [['b_count'], `${B}b_count 1\n`],
  [['c', 'a_total'], A + C],
  [['a', ''], ''],
])('%j', (names, text) => {
  expect([...onlyNamed(CHUNKS, new Set(names))].join('')).toBe(text);
});

test('a counter of OpenMetrics is found by the name of its samples', () => {
  const chunks = ['# HELP a A.\n# TYPE a counter\na_total 1\na_created 2\n'];
  expect([...onlyNamed(chunks, new Set(['a_total']))].join('')).toBe(
    '# HELP a A.\n# TYPE a counter\na_total 1\n',
  );
});
