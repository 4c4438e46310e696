import { expect, test } from 'vitest';
import type { TargetView } from '../../src/collection/target-view.ts';
import { TargetTexts } from '../../src/web/target-texts.ts';
import { POOL, SERVICE } from './fake-backend.ts';

const STANDING = {
  status: 'running',
  outlook: 'working',
  since: 1_700_000_000_000,
  remarks: ['2 nodes'],
} as const;

/** Another value of each property. */
const OTHERS: { readonly [name in Exclude<keyof TargetView, 'problemHours'>]: TargetView[name] } = {
  project: 'dev',
  region: 'cn-east-3',
  kind: 'pool',
  id: 's2',
  name: undefined,
  origin: 'discovered',
  deleted: true,
  standing: { ...STANDING, remarks: ['1 node'] },
  up: false,
  lastAttempt: 1_700_000_030_000,
  lastSuccess: undefined,
  duration: 0.5,
  error: { reason: 'timeout', message: 'service_events: too late' },
  recent: { normal: 4, abnormal: 1 },
};

test.each(Object.keys(OTHERS))('a kept text is written anew as %s changes', (name) => {
  const view = { ...SERVICE, standing: STANDING };
  const texts = new TargetTexts();
  const before = texts.of(view);
  Object.assign(view, { [name]: OTHERS[name as keyof typeof OTHERS] });
  expect(texts.of(view)).not.toBe(before);
  expect(texts.of(view)).toBe(new TargetTexts().of({ ...view }));
});

test('another message of the same reason is told', () => {
  const view = { ...POOL };
  const texts = new TargetTexts();
  texts.of(view);
  Object.assign(view, { error: { reason: 'forbidden', message: 'no permission any more' } });
  expect(JSON.parse(texts.of(view)).error.message).toBe('no permission any more');
});

test('a target that did not change is not written again', () => {
  let written = 0;
  const recent = {
    toJSON() {
      written += 1;
      return {};
    },
  };
  const view = { ...SERVICE, recent: recent as unknown as TargetView['recent'] };
  const texts = new TargetTexts();
  expect(texts.of(view)).toBe(texts.of(view));
  expect(written).toBe(1);
});
