import { expect, test } from 'vitest';
import {
  contentKey,
  decodePage,
  itemsOf,
  millisecondsTime,
  nameOf,
  oneOf,
  rfc3339Time,
  textOf,
  wholeNumber,
} from '../../src/kinds/decode.ts';

const NOW = Date.parse('2024-05-06T07:08:09.123Z');

test.each([
  ['2022-11-26T16:03:41+08:00', '2022-11-26T08:03:41Z'],
  ['2022-11-26T16:03:41+0800', '2022-11-26T08:03:41Z'],
  ['2022-11-26T08:03:41Z', '2022-11-26T08:03:41Z'],
  ['2022-11-26T08:03:41.250Z', '2022-11-26T08:03:41.250Z'],
  ['2022-11-26T08:03:41.123456789-02:30', '2022-11-26T10:33:41.123Z'],
])('%s is an instant', (text, instant) => {
  expect(rfc3339Time(text, NOW)).toBe(Date.parse(instant));
});

test.each([
  '2022-11-26T16:03:41',
  '2022-11-26 16:03:41Z',
  '2022-11-26',
  '2022-13-26T16:03:41Z',
  '2022-11-26T25:03:41Z',
  '1669449821',
  '',
  'yesterday',
  ' 2022-11-26T16:03:41Z',
  1669449821000,
  null,
  undefined,
  {},
])('%j is no instant', (value) => {
  expect(rfc3339Time(value, NOW)).toBeUndefined();
});

test('a time is believed up to five minutes ahead', () => {
  expect(millisecondsTime(NOW + 300_000, NOW)).toBe(NOW + 300_000);
  expect(millisecondsTime(NOW + 300_001, NOW)).toBeUndefined();
  expect(rfc3339Time(new Date(NOW + 300_000).toISOString(), NOW)).toBe(NOW + 300_000);
  expect(rfc3339Time(new Date(NOW + 300_001).toISOString(), NOW)).toBeUndefined();
});

test.each([
  [27, 27],
  ['27', 27],
  [0, 0],
  ['0', 0],
  ['', undefined],
  [' 27', undefined],
  ['0x1b', undefined],
  ['27.0', undefined],
  [2.5, undefined],
  [-1, undefined],
  ['-1', undefined],
  [Number.NaN, undefined],
  [2 ** 53, undefined],
  ['9007199254740992', undefined],
  [null, undefined],
  [true, undefined],
  [[27], undefined],
])('%j as a count is %j', (value, count) => {
  expect(wholeNumber(value)).toBe(count);
  expect(millisecondsTime(value, NOW)).toBe(count);
});

test('a closed set is matched in any case, and what is outside is other', () => {
  expect(oneOf(['k8s', 'job'], 'K8s')).toBe('k8s');
  expect(oneOf(['k8s', 'job'], 'K8S')).toBe('k8s');
  expect(oneOf(['k8s', 'job'], ' job')).toBe('other');
  expect(oneOf(['k8s', 'job'], '')).toBe('other');
  expect(oneOf(['k8s', 'job'], 'other')).toBe('other');
  expect(oneOf(['k8s', 'job'], '__proto__')).toBe('other');
});

test('a name is bounded, and fit for UTF-8', () => {
  expect(nameOf('n'.repeat(256))).toBe('n'.repeat(256));
  expect(nameOf('n'.repeat(10_240))).toBe(`${'n'.repeat(255)}…`);
  expect(nameOf('a\ud800')).toBe(nameOf('a\udc00'));
  expect(nameOf(`${'n'.repeat(254)}💥💥`)).toBe(`${'n'.repeat(254)}\uFFFD…`);
  expect([nameOf(''), nameOf(7), nameOf(null)]).toEqual([undefined, undefined, undefined]);
});

test('an absent text is empty, another type is none', () => {
  expect([textOf(undefined), textOf(null), textOf('a')]).toEqual(['', '', 'a']);
  expect([textOf(1), textOf({}), textOf(['a'])]).toEqual([undefined, undefined, undefined]);
});

test.each([{ events: null, total: 0 }, { events: null, total: '0' }, { events: null }, { total: 0 }, {}])(
  'the list of %j is empty',
  (body) => {
    expect(itemsOf(body, 'events', 'total').items).toEqual([]);
  },
);

test('behind the first page a list may be null whatever the total', () => {
  expect(itemsOf({ events: null, total: 7 }, 'events', 'total', 'later')).toMatchObject({
    items: [],
    total: 7,
  });
});

test.each([
  [null, 'null'],
  ['<html>', 'string'],
  [[{ events: [] }], 'an array'],
  [{ total: 1 }, '"events" is undefined'],
  [{ events: null, total: '2' }, '"events" is null'],
  [{ events: { 0: {} } }, '"events" is object'],
  [{ events: 'none' }, '"events" is string'],
])('a body %j is refused', (body, words) => {
  expect(() => itemsOf(body, 'events', 'total')).toThrow(
    expect.objectContaining({ reason: 'malformed', message: expect.stringContaining(words) }),
  );
});

test('an item that can not be read costs itself alone', () => {
  const decode = (item: Readonly<Record<string, unknown>>) =>
    item['good'] === true ? { key: 'k', event: 1, first: 1, last: 1, count: 1 } : undefined;
  const page = decodePage([{ good: true }, null, 'text', [1], { good: false }, { good: true }], 6, decode);
  expect(page.sightings.length).toBe(2);
  expect(page.malformed.length).toBe(4);
  expect(page.total).toBe(6);
});

test('contents have equal keys exactly where they are equal', () => {
  const contents = [
    ['a', 'b'],
    ['a,b'],
    ['ab', ''],
    ['', 'ab'],
    [1, '1'],
    ['1', 1],
    ['a\u0000b'],
    [null],
    [],
  ];
  expect(new Set(contents.map(contentKey)).size).toBe(contents.length);
  expect(contentKey(['a', 1])).toBe(contentKey(['a', 1]));
});

test('content nested too deeply for a key is a malformed response', () => {
  // As Node.js does it up to version 24 with some thousand levels; version 26 can write any depth.
  const deep = {
    toJSON() {
      throw new RangeError('Maximum call stack size exceeded');
    },
  };
  expect(() => contentKey(deep)).toThrow(expect.objectContaining({ name: 'ApiError', reason: 'malformed' }));
  expect(() => decodePage([deep], undefined, () => undefined)).toThrow('response is nested too deeply');
});
