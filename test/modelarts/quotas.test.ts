import { expect, test } from 'vitest';
import { Quotas } from '../../src/modelarts/quotas.ts';

const WINDOW = { limit: 200, period: 300_000 };

function learnt(...projects: readonly (readonly [owner: string, project: string])[]): Quotas {
  const quotas = new Quotas(
    () => 1_000_000,
    () => 0,
  );
  quotas.restore({ before: { windows: [WINDOW], starts: [] } });
  for (const [owner, project] of projects) quotas.of(owner, project).refused(WINDOW, 0, 0);
  return quotas;
}

test('what no configured project uses is forgotten, and what another one shares is not', () => {
  const quotas = learnt(['shared', 'a'], ['shared', 'b'], ['own', 'c']);
  expect(Object.keys(quotas.states()).sort()).toEqual(['a', 'b', 'before', 'c']);
  quotas.retain(['b']);
  expect(Object.keys(quotas.states())).toEqual(['b']);
  expect(quotas.of('shared', 'a').rate).toBeCloseTo(200 / 300);
  expect(quotas.of('own', 'c').rate).toBeUndefined();
});

test('a project that goes to another credential leaves nothing of the one before it', () => {
  const quotas = learnt(['one', 'a']);
  quotas.of('two', 'a');
  quotas.retain(['a']);
  expect(quotas.of('one', 'a').rate).toBeUndefined();
});

test('a pause outlasts a change of its project, and not its removal', () => {
  const quotas = learnt();
  quotas.pauseOf('a').until = 5_000;
  quotas.retain(['a']);
  expect(quotas.pauseOf('a').until).toBe(5_000);
  quotas.retain(['b']);
  expect(quotas.pauseOf('a').until).toBe(Number.NEGATIVE_INFINITY);
});
