import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { dashboards } from '../../grafana/dashboards.ts';
import { DashboardFile, isRow } from './dashboard-files.ts';

const GRAFANA = fileURLToPath(new URL('../../grafana/', import.meta.url));
const DIRECTORY = `${GRAFANA}dashboards/`;

// `npm run dashboards` runs this file with --update, which writes what differs.
test.each([...dashboards()])('%s.json is what its source makes', async (name, dashboard) => {
  await expect(`${JSON.stringify(dashboard, null, 2)}\n`).toMatchFileSnapshot(`${DIRECTORY}${name}.json`);
});

test('every file has a source', () => {
  const files = [...dashboards().keys()].map((name) => `${name}.json`);
  expect(readdirSync(DIRECTORY).sort()).toEqual(files.sort());
});

/** A dashboard and its panels as Markdown, row by row. */
function outline({ title, description, panels }: DashboardFile): string {
  const lines = panels.map((panel) =>
    isRow(panel)
      ? [`\n- **${panel.title}**: ${panel.panels.map((inner) => inner.title).join(' · ')}`]
      : [panel.title],
  );
  const list = lines.flat().join(' · ').replaceAll(/ · \n/g, '\n').replaceAll(/: +· /g, ': ');
  return `## ${title}\n\n${description}\n${list}\n`;
}

test('grafana/README.md lists every panel', async () => {
  const outlines = [...dashboards().values()].map((one) => outline(DashboardFile.parse(one))).join('\n');
  const text = readFileSync(`${GRAFANA}README.md`, 'utf8').replace(
    /(<!-- panels: begin .*-->\n)[\s\S]*(<!-- panels: end -->)/,
    (_, begin: string, end: string) => `${begin}\n${outlines}\n${end}`,
  );
  expect(text).toContain(outlines);
  await expect(text).toMatchFileSnapshot(`${GRAFANA}README.md`);
});
