import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Family } from '../../src/metrics/family.ts';
import { escapeLabelValue, formatValue, metadata, sampleLine, targetLines } from '../../src/metrics/lines.ts';
import { anyCharacter } from '../any-character.ts';
import { parseSample } from './parse.ts';

const events: Family = { name: 'x_events_total', type: 'counter', help: 'Events.' };

test('any label values survive the way through a parser', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string({
          unit: fc.oneof(
            fc.constantFrom('\\', '"', '\n', '\r', 'n', '}', ',', '🙂', '\u202e'),
            fc.string({ unit: anyCharacter }),
          ),
        }),
        { maxLength: 4 },
      ),
      fc.double(),
      (values, value) => {
        const labels = Object.fromEntries(values.map((text, index) => [`l${index}`, text]));
        const collected = targetLines({ project: 'p' });
        collected.sink(events, labels, value);
        const line = collected.lines().get(events) ?? '';
        expect(line.endsWith('\n')).toBe(true);
        const sample = parseSample(line.slice(0, -1));
        expect(sample.name).toBe('x_events_total');
        expect(Object.entries(sample.labels)).toEqual([
          ['project', 'p'],
          ...Object.entries(labels).map(([name, text]) => [name, text]),
        ]);
        expect(Number(sample.value.replace('Inf', 'Infinity'))).toBe(value === 0 ? 0 : value);
      },
    ),
  );
});

test('what has no place in UTF-8 becomes a replacement character', () => {
  expect(escapeLabelValue('a\ud800b')).toBe('a\uFFFDb');
  expect(escapeLabelValue('\udc00')).toBe('\uFFFD');
  expect(escapeLabelValue('🙂')).toBe('🙂');
});

test.each([
  [0, '0'],
  [-1.5, '-1.5'],
  [1_760_000_000.123, '1760000000.123'],
  [Number.MAX_SAFE_INTEGER, '9007199254740991'],
  [1e20, '100000000000000000000'],
  [1e-7, '1e-7'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, '+Inf'],
  [Number.NEGATIVE_INFINITY, '-Inf'],
])('%d is written as %s', (value, text) => {
  expect(formatValue(value)).toBe(text);
});

test('the target’s labels stand first and undefined ones are left out', () => {
  const { sink, lines } = targetLines({ project: 'p', service_id: '1', service_name: undefined });
  sink(events, { event_type: 'normal', none: undefined }, 1);
  sink(events, { event_type: 'abnormal' }, 2);
  expect(lines().get(events)).toBe(
    'x_events_total{project="p",service_id="1",event_type="normal"} 1\n' +
      'x_events_total{project="p",service_id="1",event_type="abnormal"} 2\n',
  );
});

test('a series given twice is written once, with the latest value', () => {
  const { sink, lines } = targetLines({ project: 'p' });
  sink(events, { a: '1' }, 1);
  sink(events, { a: '1' }, 2);
  expect(lines().get(events)).toBe('x_events_total{project="p",a="1"} 2\n');
});

test('lines without labels have no braces', () => {
  const { sink, lines } = targetLines({});
  sink(events, {}, 1);
  expect(lines().get(events)).toBe('x_events_total 1\n');
  expect(sampleLine('x', '', 1)).toBe('x 1\n');
  expect(sampleLine('x', 'a="b"', 1)).toBe('x{a="b"} 1\n');
});

test('help is escaped as its format wants', () => {
  const family: Family = { ...events, help: 'A "b" \\ and\nmore' };
  expect(metadata(family, 'text')).toBe(
    '# HELP x_events_total A "b" \\\\ and\\nmore\n# TYPE x_events_total counter\n',
  );
  expect(metadata(family, 'openmetrics')).toBe(
    '# HELP x_events A \\"b\\" \\\\ and\\nmore\n# TYPE x_events counter\n',
  );
});
