import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { dashboardFiles, panelsOf } from './dashboard-files.ts';
import { queriesOf } from './queries.ts';

// Rules of dashboard-linter that no other test of the dashboards holds, so that they hold where it is not installed.

const Exclusions = z.record(
  z.string(),
  z.strictObject({
    reason: z.string(),
    entries: z.array(z.strictObject({ dashboard: z.string(), panel: z.string() })).optional(),
  }),
);
const { exclusions } = z
  .strictObject({ exclusions: Exclusions })
  .parse(parse(readFileSync(new URL('../../grafana/.lint', import.meta.url), 'utf8')));

const excluded = (rule: string) =>
  (exclusions[rule]?.entries ?? []).map(({ dashboard, panel }) => `${dashboard} / ${panel}`);

const files = dashboardFiles();
const queries = files.flatMap((dashboard) => queriesOf(dashboard, { __rate_interval: '17s' }));

test('what is excluded is there', () => {
  const there = files.flatMap((one) => panelsOf(one).map(({ title }) => `${one.title} / ${title}`));
  expect(there).toEqual(expect.arrayContaining(Object.keys(exclusions).flatMap(excluded)));
});

test.each(files)(
  '$title names its data sources, and reads its variables anew with the time range',
  (file) => {
    const variables = file.templating.list;
    expect(
      variables.filter(({ type }) => type === 'datasource').map(({ name, label }) => [name, label]),
    ).toEqual([
      ['prometheus_datasource', 'Prometheus data source'],
      ['loki_datasource', 'Loki data source'],
    ]);
    for (const { type, name, refresh } of variables) if (type === 'query') expect(refresh, name).toBe(2);
  },
);

test('counters are shown as rate or increase', () => {
  const bare = queries.filter(({ expression }) =>
    /_total\b/.test(expression.replace(/\b(?:rate|increase)\([^[]*\[\w+\]/g, '')),
  );
  const panels = new Set(bare.map(({ where }) => where.replace(/ \/ \w$/, '')));
  expect([...panels]).toEqual(excluded('target-counter-agg-rule'));
});

test('rates are over the interval that Grafana chooses', () => {
  for (const { where, expression } of queries) {
    for (const [, interval] of expression.matchAll(/\brate\([^[]*\[(\w+)\]/g))
      expect(interval, where).toBe('17s');
  }
});
