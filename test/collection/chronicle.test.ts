import { expect, test } from 'vitest';
import { Chronicle } from '../../src/collection/chronicle.ts';
import type { Standing } from '../../src/kinds/standing.ts';

const HOUR = 3_600_000;
const NOW = 500_000 * HOUR + 60_000;
const RUNNING: Standing = { status: 'running', outlook: 'working', remarks: [] };
const FAILED: Standing = { status: 'failed', outlook: 'broken', remarks: [] };

test('a standing is noted when it changes, from when it began', () => {
  const chronicle = new Chronicle();
  chronicle.addStanding({ ...RUNNING, since: NOW - 10 * HOUR }, NOW);
  chronicle.addStanding({ ...RUNNING, since: NOW - 10 * HOUR }, NOW + 1);
  chronicle.addStanding(FAILED, NOW + 2);
  chronicle.addStanding({ ...FAILED, outlook: 'weakened' }, NOW + 3);
  expect(chronicle.course().standings).toEqual([
    { at: NOW - 10 * HOUR, status: 'running', outlook: 'working' },
    { at: NOW + 2, status: 'failed', outlook: 'broken' },
    { at: NOW + 3, status: 'failed', outlook: 'weakened' },
  ]);
});

test('a change never lies before the one that it follows, nor in the future', () => {
  const chronicle = new Chronicle();
  chronicle.addStanding({ ...RUNNING, since: NOW }, NOW);
  chronicle.addStanding({ ...FAILED, since: NOW - HOUR }, NOW + 5);
  chronicle.addStanding({ ...RUNNING, since: NOW + HOUR }, NOW + 6);
  expect(chronicle.course().standings.map(({ at }) => at)).toEqual([NOW, NOW, NOW + 6]);
});

test('what events tell of the past takes its place in time, and repeats nothing', () => {
  const chronicle = new Chronicle();
  const nodes = (available: number) => ({ available, abnormal: 8 - available });
  chronicle.addStanding({ ...RUNNING, nodes: nodes(8) }, NOW);
  chronicle.addTold(NOW - 2 * HOUR, { nodes: nodes(4) });
  chronicle.addTold(NOW - HOUR, { nodes: nodes(4) });
  chronicle.addStanding({ ...RUNNING, nodes: nodes(8) }, NOW + 1);
  expect(chronicle.course().nodes).toEqual([
    { at: NOW - 2 * HOUR, nodes: nodes(4) },
    { at: NOW, nodes: nodes(8) },
  ]);
});

test('from a read that fails to the next that works, nobody sees the target', () => {
  const chronicle = new Chronicle();
  for (const [minute, why] of [
    [0, undefined],
    [1, 'network'],
    [2, 'timeout'],
    [9, undefined],
    [10, 'server'],
    [10.5, undefined],
    [20, 'auth'],
  ] as const)
    chronicle.addRead(NOW + minute * 60_000, why);
  const unseen = [
    { from: NOW + 60_000, until: NOW + 9 * 60_000, why: 'network' },
    { from: NOW + 20 * 60_000, why: 'auth' },
  ];
  expect(chronicle.course().unseen).toEqual(unseen);
  const restored = new Chronicle(JSON.parse(JSON.stringify(chronicle.state())));
  restored.addRead(NOW + 30 * 60_000, undefined);
  expect(restored.course().unseen.at(-1)).toEqual({ ...unseen[1], until: NOW + 30 * 60_000 });
});

test('problems are counted by the hour for a day', () => {
  const chronicle = new Chronicle();
  chronicle.addProblems(NOW, 2, NOW);
  chronicle.addProblems(NOW - HOUR, 1, NOW);
  chronicle.addProblems(NOW - 24 * HOUR, 9, NOW);
  const hours = chronicle.problemHours(NOW);
  expect([hours.length, hours.slice(-3)]).toEqual([24, [0, 1, 2]]);
  expect(chronicle.problemHours(NOW + HOUR).slice(-3)).toEqual([1, 2, 0]);
  expect(chronicle.problemHours(NOW + 24 * HOUR)).toEqual(Array(24).fill(0));
});

test('it is bounded, and survives a restart in part', () => {
  const chronicle = new Chronicle();
  expect(chronicle.state()).toBeUndefined();
  for (let i = 0; i < 500; i += 1) chronicle.addStanding(i % 2 === 0 ? RUNNING : FAILED, NOW + i);
  chronicle.addProblems(NOW, 2, NOW);
  expect(chronicle.course().standings).toHaveLength(100);
  const state = JSON.parse(JSON.stringify(chronicle.state()));
  const restored = new Chronicle(state);
  expect(restored.course().standings).toEqual(chronicle.course().standings.slice(-30));
  expect(restored.problemHours(NOW)).toEqual(chronicle.problemHours(NOW));
});
