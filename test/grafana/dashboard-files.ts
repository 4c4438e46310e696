import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const Datasource = z.object({ type: z.string(), uid: z.string() });

const Target = z.object({
  refId: z.string(),
  expr: z.string(),
  legendFormat: z.string(),
  instant: z.boolean().optional(),
  format: z.string().optional(),
  datasource: Datasource,
});

const Link = z.object({ title: z.string(), url: z.string() });

const Mapping = z.object({
  type: z.literal('value'),
  options: z.record(z.string(), z.object({ text: z.string(), color: z.string() })),
});

const GridPos = z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() });

/** Of tables: which of the labels and values are columns. */
const Transformation = z.object({
  id: z.string(),
  options: z.object({ include: z.object({ names: z.array(z.string()) }).optional() }),
});

const Panel = z.object({
  id: z.int(),
  type: z.string(),
  title: z.string(),
  description: z.string(),
  gridPos: GridPos,
  datasource: Datasource,
  targets: z.array(Target),
  options: z.record(z.string(), z.unknown()),
  transformations: z.array(Transformation).optional(),
  fieldConfig: z.object({
    defaults: z.object({
      unit: z.string(),
      mappings: z.array(Mapping).optional(),
      links: z.array(Link).optional(),
    }),
    overrides: z.array(
      z.object({
        matcher: z.object({ id: z.string(), options: z.string() }),
        properties: z.array(z.object({ id: z.string(), value: z.unknown() })),
      }),
    ),
  }),
});

const Row = z.object({
  id: z.int(),
  type: z.literal('row'),
  title: z.string(),
  collapsed: z.boolean(),
  gridPos: GridPos,
  panels: z.array(Panel),
});

const Variable = z.object({
  name: z.string(),
  type: z.string(),
  label: z.string(),
  description: z.string(),
  query: z.union([z.string(), z.object({ query: z.string() })]),
  regex: z.string().optional(),
  hide: z.int().optional(),
  refresh: z.int().optional(),
  datasource: Datasource.optional(),
  current: z.object({ value: z.union([z.string(), z.array(z.string())]) }).optional(),
});

const Annotation = z.object({
  name: z.string(),
  expr: z.string(),
  titleFormat: z.string(),
  enable: z.boolean(),
  hide: z.boolean().optional(),
  maxLines: z.int().optional(),
  datasource: Datasource,
});

/** What tests look at in the file of a dashboard. */
export const DashboardFile = z.object({
  __inputs: z.array(z.object({ name: z.string(), type: z.string(), pluginId: z.string() })),
  uid: z.string(),
  title: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  links: z.array(
    z.object({
      type: z.string(),
      tags: z.array(z.string()),
      keepTime: z.boolean(),
      includeVars: z.boolean(),
    }),
  ),
  templating: z.object({ list: z.array(Variable) }),
  annotations: z.object({ list: z.array(Annotation) }),
  panels: z.array(z.union([Row, Panel])),
});

export type DashboardFile = z.infer<typeof DashboardFile>;
export type Panel = z.infer<typeof Panel>;
export type Row = z.infer<typeof Row>;

const DIRECTORY = fileURLToPath(new URL('../../grafana/dashboards/', import.meta.url));

/** Text of every dashboard in grafana/dashboards/ by its file name. */
export function dashboardTexts(): ReadonlyMap<string, string> {
  const names = readdirSync(DIRECTORY).filter((name) => name.endsWith('.json'));
  return new Map(names.map((name) => [name, readFileSync(`${DIRECTORY}${name}`, 'utf8')]));
}

/** Every dashboard in grafana/dashboards/. */
export function dashboardFiles(): DashboardFile[] {
  return [...dashboardTexts().values()].map((text) => DashboardFile.parse(JSON.parse(text)));
}

export function isRow(panel: Panel | Row): panel is Row {
  return panel.type === 'row';
}

/** The panels that show something, those of collapsed rows included. */
export function panelsOf({ panels }: DashboardFile): Panel[] {
  return panels.flatMap((panel) => (isRow(panel) ? panel.panels : [panel]));
}
