import { describe, expect, test } from 'vitest';
import { KIND_NAMES } from '../../src/kind-table.ts';
import { EXPOSED_METRICS } from '../prometheus/exposed-metrics.ts';
import { type DashboardFile, dashboardFiles, isRow, type Panel, panelsOf } from './dashboard-files.ts';

const files = dashboardFiles();
const labels = new Set([...EXPOSED_METRICS.values()].flatMap((of) => Object.keys(of)));

/** The links of a panel's values, those of its columns included. */
function linksOf({ fieldConfig: { defaults, overrides } }: Panel): string[] {
  const columns = overrides
    .flatMap(({ properties }) => properties)
    .filter(({ id }) => id === 'links')
    .flatMap(({ value }) => value as { url: string }[]);
  return [...(defaults.links ?? []), ...columns].map(({ url }) => url);
}

function overlap(a: Panel['gridPos'], b: Panel['gridPos']): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

/** It is asked by the one panel of the row that is closed at first, and by marks whose errors are hidden. */
const LOKI = { type: 'loki', uid: `\${loki_datasource}` };

describe.each(files)('$title', (dashboard: DashboardFile) => {
  const panels = panelsOf(dashboard);

  test('has unique panel ids and titles', () => {
    const ids = [...dashboard.panels, ...dashboard.panels.flatMap((p) => (isRow(p) ? p.panels : []))].map(
      ({ id }) => id,
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(panels.map(({ title, type }) => `${title} ${type}`)).size).toBe(panels.length);
  });

  test('lays panels side by side, within the grid', () => {
    const placed = [...dashboard.panels, ...panels.filter((panel) => !dashboard.panels.includes(panel))];
    for (const [index, a] of placed.entries()) {
      expect(a.gridPos.x + a.gridPos.w, a.title).toBeLessThanOrEqual(24);
      for (const b of placed.slice(index + 1)) {
        expect(overlap(a.gridPos, b.gridPos), `${a.title} and ${b.title}`).toBe(false);
      }
    }
  });

  test('explains every panel and names what it draws', () => {
    for (const { title, description, type, fieldConfig, options, targets } of panels) {
      expect(description, title).toMatch(/\.$/);
      expect(fieldConfig.defaults.unit, title).not.toBe('');
      expect(targets, title).not.toEqual([]);
      for (const { legendFormat } of targets) expect(legendFormat, title).not.toBe('');
      if (type === 'timeseries' || type === 'state-timeline') {
        expect(options['legend'], title).toMatchObject({ showLegend: true });
      }
    }
  });

  test('asks the data source of the variable for everything', () => {
    const used = [
      ...panels.flatMap(({ datasource, targets }) => [datasource, ...targets.map((one) => one.datasource)]),
      ...dashboard.annotations.list.map(({ datasource }) => datasource),
      ...dashboard.templating.list.filter(({ type }) => type === 'query').map((one) => one.datasource),
    ];
    const logs = used.filter((one) => one?.type === 'loki');
    for (const one of logs) expect(one).toEqual(LOKI);
    for (const one of used.filter((each) => !logs.includes(each)))
      expect(one).toEqual({ type: 'prometheus', uid: `\${prometheus_datasource}` });
    const [variable] = dashboard.templating.list;
    expect(variable).toMatchObject({
      name: 'prometheus_datasource',
      type: 'datasource',
      query: 'prometheus',
    });
    const [input] = dashboard.__inputs;
    expect(input).toMatchObject({ type: 'datasource', pluginId: 'prometheus' });
    expect(variable?.current?.value).toBe(`\${${input?.name}}`);
  });

  test('marks problems with their texts where there is a Loki, and shows no error where there is none', () => {
    const closed = dashboard.panels.filter(isRow).filter(({ collapsed }) => collapsed);
    const open = panels.filter((panel) => !closed.some((row) => row.panels.includes(panel)));
    expect(open.filter(({ datasource }) => datasource.type === 'loki')).toEqual([]);
    const [problems, ...more] = dashboard.annotations.list.filter(
      ({ datasource }) => datasource.type === 'loki',
    );
    expect(problems).toMatchObject({ enable: true, hide: true, maxLines: 100 });
    expect(problems?.expr).toContain('{service_name="modelarts-events"}');
    expect(problems?.expr).toContain(' | project=~"$project" | ');
    expect(problems?.expr).toContain(' | problem="true" | json');
    for (const { enable, hide } of more) expect({ enable, hide }).toEqual({ enable: true, hide: true });
    // Beside a label Grafana shows in red that it found no data source.
    expect(dashboard.templating.list.find(({ name }) => name === 'loki_datasource')).toMatchObject({
      hide: 1,
    });
  });

  test('gives a state a text wherever it gives it a colour', () => {
    const mappings = panels.flatMap(({ fieldConfig }) => fieldConfig.defaults.mappings ?? []);
    for (const { options } of mappings) {
      const texts = Object.values(options).map(({ text }) => text);
      expect(texts).not.toContain('');
      expect(new Set(texts).size).toBe(texts.length);
    }
    for (const { type, title, fieldConfig } of panels) {
      if (type === 'state-timeline') expect(fieldConfig.defaults.mappings, title).not.toBeUndefined();
    }
  });

  test('shows of a table the columns that have a title, and a dash where nothing is known', () => {
    for (const { title, type, transformations = [], fieldConfig } of panels) {
      if (type !== 'table') continue;
      const columns = transformations.flatMap(({ options }) => options.include?.names ?? []);
      expect(columns, title).toEqual(fieldConfig.overrides.map(({ matcher }) => matcher.options));
      for (const { properties } of fieldConfig.overrides) {
        const value = (id: string) => properties.find((one) => one.id === id)?.value;
        expect(value('displayName'), title).toMatch(/^[A-Z]/);
        expect(value('noValue'), title).toBe('–');
        const links = (value('links') ?? []) as { url: string }[];
        for (const [, field] of links.flatMap(({ url }) => [...url.matchAll(/__data\.fields\.(\w+)/g)]))
          expect(columns, title).toContain(field);
      }
    }
  });

  test('leads to the others with time range and variables', () => {
    expect(dashboard.tags).toContain('modelarts');
    expect(dashboard.links).toEqual([
      { type: 'dashboards', tags: ['modelarts'], keepTime: true, includeVars: true },
      { type: 'link', tags: [], keepTime: false, includeVars: false },
    ]);
    const labelsIn = (url: string) =>
      [...url.matchAll(/\$\{__(?:data\.fields|field\.labels)\.(\w+)\}/g)].map(([, label]) => label);
    for (const url of panels.flatMap(linksOf)) {
      for (const label of labelsIn(url)) expect(labels, url).toContain(label);
      if (url.startsWith(`\${pages}/`)) {
        expect(url).toMatch(/^\$\{pages\}\/targets\/\$\{[^}]+\}\/(?:\w+)\/\$\{[^}]+\}$/);
        expect(dashboard.templating.list.map(({ name }) => name)).toContain('pages');
        continue;
      }
      const [, uid, query = ''] = /^\/d\/([\w-]+)\?(.+)$/.exec(url) ?? [];
      const target = files.find((file) => file.uid === uid);
      expect(target, url).toBeDefined();
      expect(query, url).toContain(`\${__url_time_range}&\${prometheus_datasource:queryparam}&`);
      const names = target?.templating.list.map(({ name }) => name);
      for (const [, name] of query.matchAll(/var-(\w+)=/g)) expect(names, url).toContain(name);
      for (const [, name] of query.matchAll(/\$\{(\w+):queryparam\}/g)) expect(names, url).toContain(name);
    }
  });
});

test('the regular expression of a target variable finds id and name in what Grafana shows it', () => {
  const variables = files.flatMap(({ templating }) => templating.list).filter(({ regex }) => regex);
  expect(variables).toHaveLength(KIND_NAMES.length);
  for (const { regex = '' } of variables) {
    const pattern = new RegExp(regex.slice(1, -1));
    expect(pattern.exec('{target="a-1",target_name="chat bot"} 1 1700000000000')?.groups).toEqual({
      value: 'a-1',
      text: 'chat bot',
    });
    expect(pattern.exec('{target="a-1"} 1 1700000000000')?.groups).toEqual({ value: 'a-1', text: undefined });
  }
});

test('the overview leads to every other dashboard', () => {
  const overview = files.find(({ uid }) => uid === 'modelarts-overview');
  const urls = overview === undefined ? [] : panelsOf(overview).flatMap(linksOf);
  for (const { uid } of files.filter((file) => file !== overview)) {
    expect(
      urls.some((url) => url.startsWith(`/d/${uid}?`)),
      uid,
    ).toBe(true);
  }
});
