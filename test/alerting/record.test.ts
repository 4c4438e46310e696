import { expect, test } from 'vitest';
import { keyOf, labelsOf, sortedLabels } from '../../src/alerting/record.ts';

const ALERT = {
  alertname: 'ModelArtsPoolWarningEvent',
  severity: 'warning',
  target: { project: 'prod', pool: 'pool-1' },
  labels: { reason: 'NodeNotReady' },
} as const;

test('labels are sorted, and an empty one is none', () => {
  const labels = sortedLabels({ c: '3', a: '1', empty: '', b: '2' });
  expect(Object.entries(labels).flat()).toEqual(['a', '1', 'b', '2', 'c', '3']);
});

test('the labels of an alert are those of its target and its own', () => {
  expect(labelsOf(ALERT)).toEqual({
    alertname: 'ModelArtsPoolWarningEvent',
    severity: 'warning',
    project: 'prod',
    pool: 'pool-1',
    reason: 'NodeNotReady',
  });
});

test('no label of an event passes for one of its target', () => {
  const labels = { project: 'other', alertname: 'Other', severity: 'info', reason: 'NodeNotReady' };
  expect(labelsOf({ ...ALERT, labels })).toEqual(labelsOf(ALERT));
});

test('alerts are the same whose labels are', () => {
  const reordered = { ...ALERT, target: { pool: 'pool-1', project: 'prod' } };
  expect(keyOf(reordered)).toBe(keyOf(ALERT));
  expect(keyOf({ ...ALERT, severity: 'critical' })).not.toBe(keyOf(ALERT));
  expect(keyOf({ ...ALERT, labels: {} })).not.toBe(keyOf(ALERT));
});
