import { expect, test } from 'vitest';
import type { NoticeView } from '../../src/collection/notice-view.ts';
import { RecentNotices } from '../../src/collection/recent-notices.ts';

function notice(at: number, message = `${at}`, id = 'a'): NoticeView {
  return {
    at,
    message,
    severity: 'info',
    fields: {},
    project: 'prod',
    kind: 'pool',
    id,
    region: 'r',
    name: undefined,
  };
}

const all = () => true;

test('the newest come first, in whatever order they were told', () => {
  const recent = new RecentNotices();
  for (const at of [3, 1, 2, 3]) recent.add(notice(at));
  expect(recent.list(all, 10).map(({ at }) => at)).toEqual([3, 3, 2, 1]);
  expect(recent.list(all, 2).map(({ at }) => at)).toEqual([3, 3]);
  expect(recent.list(({ at }) => at < 3, 1).map(({ at }) => at)).toEqual([2]);
});

test('they are bounded in number and in size', () => {
  const recent = new RecentNotices();
  for (let at = 0; at < 6_000; at += 1) recent.add(notice(at));
  expect(recent.list(all, 10_000).length).toBe(5_000);
  expect(recent.list(all, 10_000).at(-1)?.at).toBe(1_000);
  for (let at = 0; at < 20; at += 1) recent.add(notice(10_000 + at, 'x'.repeat(1_500_000)));
  const sizes = recent.list(all, 10_000).map(({ message }) => message.length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(16_000_000);
  recent.add(notice(20_000, 'x'.repeat(16_000_001)));
  recent.add(notice(20_001));
  expect(recent.list(all, 1)[0]?.at).toBe(20_001);
});

test('what is to be saved is another array only after a notice was added', () => {
  const recent = new RecentNotices();
  recent.add(notice(1));
  const before = recent.state();
  expect(recent.state()).toBe(before);
  recent.add(notice(0));
  expect(before.map(({ at }) => at)).toEqual([1]);
  expect(recent.state().map(({ at }) => at)).toEqual([0, 1]);
});
