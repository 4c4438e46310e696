import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type DashboardLink,
  DashboardLinkType,
  type Panel,
  RowBuilder,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { eventTexts, logsVariable, textMarks } from './event-texts.ts';
import { marks } from './marks.ts';
import type { TargetKind } from './targets.ts';
import { datasourceVariable, INPUT, pagesVariable, projectVariable, targetVariable } from './variables.ts';

/** A row of panels. */
interface Section {
  readonly title: string;
  readonly collapsed?: boolean;
  readonly panels: readonly Builder<Panel>[];
}

/** Contents of one dashboard. */
interface Contents {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Of what the dashboard shows one; left out: everything. */
  readonly target?: TargetKind;
  readonly annotations?: readonly AnnotationQueryBuilder[];
  /** Beside those that every dashboard has. */
  readonly variables?: readonly Builder<VariableModel>[];
  readonly sections: readonly Section[];
}

/** A dashboard as Grafana's export writes it, ready for import and for provisioning. */
export type PortableDashboard = Dashboard & {
  readonly __inputs: readonly Readonly<Record<string, string>>[];
  readonly __requires: readonly Readonly<Record<string, string>>[];
};

/** Puts the contents of a dashboard into the frame that all of them share. */
export function dashboard({
  uid,
  title,
  description,
  target,
  annotations,
  variables = [],
  sections,
}: Contents): PortableDashboard {
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['modelarts'])
    .time({ from: 'now-6h', to: 'now' })
    .refresh('1m')
    .tooltip(DashboardCursorSync.Crosshair)
    .link(otherDashboards())
    .link(pages(target))
    .annotations([...(annotations ?? []), ...marks(target), ...textMarks(target)])
    .withVariable(datasourceVariable())
    .withVariable(projectVariable());
  if (target !== undefined) builder.withVariable(targetVariable(target));
  for (const variable of variables) builder.withVariable(variable);
  builder.withVariable(logsVariable()).withVariable(pagesVariable());
  for (const section of [...sections, eventTexts(target)]) addSection(builder, section);
  const built = builder.build();
  numberPanels(built);
  fitSchema(built);
  return { __inputs: inputs(), __requires: requires(built), ...built };
}

function addSection(builder: DashboardBuilder, { title, collapsed = false, panels }: Section): void {
  const row = new RowBuilder(title).collapsed(collapsed);
  if (collapsed) for (const panel of panels) row.withPanel(panel);
  builder.withRow(row);
  if (!collapsed) for (const panel of panels) builder.withPanel(panel);
}

function numberPanels({ panels = [] }: Dashboard): void {
  let id = 0;
  for (const panel of panels) {
    panel.id = ++id;
    if ('panels' in panel) for (const inner of panel.panels) inner.id = ++id;
  }
}

/** Removes defaults of the builder that Grafana's schema does not have, and adds what the builder does not know yet. */
function fitSchema({ templating, panels = [] }: Dashboard): void {
  const known = ({ auto: _, auto_min: __, auto_count: ___, ...variable }: VariableModel) =>
    variable as VariableModel;
  if (templating?.list !== undefined) templating.list = templating.list.map(known);
  for (const panel of panels.flatMap((one) => ('panels' in one ? one.panels : [one]))) {
    // From Grafana 12.2 on tables have their pages by this, and before by their footer.
    if (panel.type === 'table') panel.options.enablePagination = panel.options.footer.enablePagination;
  }
}

function otherDashboards(): Builder<DashboardLink> {
  const link: DashboardLink = {
    title: 'ModelArts',
    type: DashboardLinkType.Dashboards,
    icon: 'external link',
    tooltip: 'The other ModelArts dashboards, with this time range and these variables',
    tags: ['modelarts'],
    asDropdown: false,
    targetBlank: false,
    includeVars: true,
    keepTime: true,
  };
  return { build: () => link };
}

/** From Grafana to the exporter's own page, which has the words of ModelArts. */
function pages(target: TargetKind | undefined): Builder<DashboardLink> {
  const link: DashboardLink = {
    title: 'Status page',
    type: DashboardLinkType.Link,
    icon: 'external link',
    tooltip: 'The same in the words of ModelArts, on the pages of the exporter',
    tags: [],
    asDropdown: false,
    targetBlank: true,
    includeVars: false,
    keepTime: false,
    url: `\${pages}/${target === undefined ? '' : `?q=\${${target.kind}:percentencode}`}`,
  };
  return { build: () => link };
}

function inputs(): PortableDashboard['__inputs'] {
  return [
    {
      name: INPUT,
      label: 'Prometheus',
      description: 'The Prometheus that scrapes modelarts-exporter',
      type: 'datasource',
      pluginId: 'prometheus',
      pluginName: 'Prometheus',
    },
  ];
}

function requires({ panels = [] }: Dashboard): PortableDashboard['__requires'] {
  const inner = panels.flatMap((panel) => ('panels' in panel ? panel.panels : [panel]));
  const types = [...new Set(inner.map(({ type }) => type))].sort();
  return [
    { type: 'grafana', id: 'grafana', name: 'Grafana', version: '11.3.0' },
    { type: 'datasource', id: 'prometheus', name: 'Prometheus', version: '1.0.0' },
    ...types.map((id) => ({ type: 'panel', id, name: id, version: '' })),
  ];
}
