import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DATASOURCE, IN_PROJECTS } from './queries.ts';
import type { TargetKind } from './targets.ts';

/** Name under which Grafana asks for the data source when a dashboard is imported by hand. */
export const INPUT = 'DS_PROMETHEUS';

export function pagesVariable(): Builder<VariableModel> {
  return new TextBoxVariableBuilder('pages')
    .label('Status page')
    .description('Address of the exporter as your browser reaches it')
    .defaultValue('http://localhost:10979');
}

export function datasourceVariable(): DatasourceVariableBuilder {
  return new DatasourceVariableBuilder('prometheus_datasource')
    .label('Prometheus data source')
    .description('The Prometheus that scrapes modelarts-exporter')
    .type('prometheus')
    .current({ selected: false, text: `\${${INPUT}}`, value: `\${${INPUT}}` });
}

/** The values of a label, of which at first all are chosen. */
function valuesVariable(name: string, label: string, description: string, metric: string) {
  const query = `label_values(${metric}, ${name})`;
  return new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(DATASOURCE)
    .query({ qryType: 1, query, refId: name })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: ['All'], value: ['$__all'] });
}

export function projectVariable(): QueryVariableBuilder {
  const description = 'As named in the configuration of the exporter';
  return valuesVariable('project', 'Project', description, 'modelarts_target_up');
}

/** Which exporters the panels about processes show. */
export function instanceVariable(): QueryVariableBuilder {
  const description = 'The exporters whose processes the row Exporter shows';
  return valuesVariable('instance', 'Exporter', description, 'modelarts_exporter_build_info');
}

/** Offers the targets of the time range, gone ones included, by name where they have one. */
export function targetVariable({ kind, title }: TargetKind): QueryVariableBuilder {
  const series = `modelarts_target_up{${IN_PROJECTS},kind="${kind}"}`;
  const query = `query_result(max by (target, target_name) (last_over_time(${series}[$__range])))`;
  return new QueryVariableBuilder(kind)
    .label(title)
    .description(`The ${title.toLowerCase()} that this dashboard shows`)
    .datasource(DATASOURCE)
    .query({ qryType: 3, query, refId: kind })
    .regex('/target="(?<value>[^"]+)"(?:.*target_name="(?<text>[^"]+)")?/')
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalCaseInsensitiveAsc);
}
