import { expect, test } from 'vitest';
import { TARGET_FAMILIES } from '../../src/collection/target-series.ts';
import { KIND_TABLE } from '../../src/kind-table.ts';
import { KINDS, TOTAL_FAMILIES } from '../../src/kinds/kinds.ts';
import type { TotalFamily } from '../../src/metrics/family.ts';
import { ownExposition } from '../metrics/own-exposition.ts';
import { EXPOSED_METRICS } from './exposed-metrics.ts';

/** Names of the series and of their labels, as far as they are the exporter's own. */
async function ownSeries(): Promise<Map<string, readonly string[]>> {
  const lines = (await ownExposition()).matchAll(/^(modelarts_\w+)(?:\{(.*)\})? \S+$/gm);
  return new Map(
    [...lines].map(([, name = '', labels = '']) => [
      name,
      [...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label),
    ]),
  );
}

test('the metrics that queries and rules may use are those of the exporter', async () => {
  const own = await ownSeries();
  const totals = Object.values(TOTAL_FAMILIES).flat().flatMap(seriesOf);
  const defined = [...own.keys(), ...TARGET_FAMILIES.map(({ name }) => name), ...totals];
  const listed = [...EXPOSED_METRICS.keys()].filter((name) => name.startsWith('modelarts_'));
  expect(listed.sort()).toEqual(defined.sort());
  for (const [name, labels] of own) {
    expect(Object.keys(EXPOSED_METRICS.get(name) ?? {}).sort(), name).toEqual([...labels].sort());
  }
});

function seriesOf({ name, type }: TotalFamily): string[] {
  return type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name];
}

test('the labels of totals are those of the exporter', () => {
  for (const family of Object.values(TOTAL_FAMILIES).flat()) {
    for (const name of seriesOf(family)) {
      const labels = Object.keys(EXPOSED_METRICS.get(name) ?? {}).filter((label) => label !== 'le');
      expect(labels, name).toEqual(['project', ...family.labels]);
    }
  }
});

test('the process metrics in use are exposed', async () => {
  const text = await ownExposition();
  for (const name of EXPOSED_METRICS.keys()) {
    if (/^(process|nodejs)_/.test(name)) expect(text).toContain(`\n${name} `);
  }
});

test('the labels of targets and the classes of events are those of the exporter', () => {
  for (const { name: kind, events, showing } of Object.values(KINDS)) {
    const targetLabels = KIND_TABLE[kind].labels;
    for (const { name } of [...Object.values(events.families), ...showing.families]) {
      expect(Object.keys(EXPOSED_METRICS.get(name) ?? {}), name).toEqual(
        expect.arrayContaining(['project', targetLabels.id, targetLabels.name]),
      );
    }
    const labels = EXPOSED_METRICS.get(events.families.total.name) ?? {};
    expect(Object.keys(labels)).toEqual(expect.arrayContaining([...events.classes]));
    for (const [index, label] of events.classes.entries()) {
      const known = new Set(events.knownClasses.map((values) => values[index]));
      if (labels[label] !== undefined) expect([...known].sort()).toEqual([...labels[label]].sort());
    }
  }
});
