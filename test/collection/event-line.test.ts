import { expect, test } from 'vitest';
import { eventLine } from '../../src/collection/event-line.ts';
import type { NoticeView } from '../../src/collection/notice-view.ts';

const NOTICE: NoticeView = {
  at: Date.UTC(2026, 0, 10, 12, 0, 0, 7),
  project: 'prod',
  region: 'cn-north-4',
  kind: 'pool',
  id: 'pool-1',
  name: 'training',
  severity: 'warning',
  fields: { type: 'Warning', reason: 'PoolStatusChange', count: 2 },
  message: 'line\n"quoted" \ud800',
};

test('a line has its fields in a fixed order', () => {
  const head =
    '{"time":"2026-01-10T12:00:00.007Z","project":"prod","region":"cn-north-4","kind":"pool","pool":"pool-1",';
  const tail =
    '"type":"Warning","reason":"PoolStatusChange","count":2,"message":"line\\n\\"quoted\\" \ufffd","problem":true}';
  expect(eventLine(NOTICE)).toBe(`${head}"pool_name":"training",${tail}`);
  expect(eventLine({ ...NOTICE, name: undefined })).toBe(head + tail);
});
