import { type DashboardFile, panelsOf } from './dashboard-files.ts';

/** A query of a dashboard, ready for Prometheus. */
export interface DashboardQuery {
  /** Where it stands: dashboard, panel and query, or the name of the variable or annotation. */
  readonly where: string;
  readonly part: 'panel' | 'variable' | 'annotation';
  readonly expression: string;
  /** Legend or title in Grafana's notation; empty for variables and tables. */
  readonly legend: string;
  /** Asked at one instant; otherwise over a range. */
  readonly instant: boolean;
}

/** Values that choose everything: all projects, and any target. */
const EVERYTHING: Readonly<Record<string, string>> = {
  project: '.*',
  service: '.+',
  inference_service: '.+',
  training_job: '.+',
  pool: '.+',
  instance: '.*',
  __rate_interval: '5m',
  __interval: '1m',
  __range: '1h',
};

/**
 * Every query of a dashboard: of panels, variables and annotations.
 * @param chosen what variables stand for, where not for everything
 * @throws Error where a variable has no value
 */
export function queriesOf(
  dashboard: DashboardFile,
  chosen: Readonly<Record<string, string>> = {},
): DashboardQuery[] {
  const values = { ...EVERYTHING, ...chosen };
  const asked = panelsOf(dashboard).filter(({ datasource }) => datasource.type === 'prometheus');
  const panels = asked.flatMap(({ title, targets }) =>
    targets.map(({ refId, expr, legendFormat, instant = false, format }) => ({
      where: `${dashboard.title} / ${title} / ${refId}`,
      part: 'panel' as const,
      expression: substitute(expr, values),
      legend: format === 'table' ? '' : legendFormat,
      instant,
    })),
  );
  const variables = dashboard.templating.list.flatMap(({ name, query }) =>
    typeof query === 'string'
      ? []
      : [
          {
            where: `${dashboard.title} / $${name}`,
            part: 'variable' as const,
            expression: substitute(asExpression(query.query), values),
            legend: '',
            instant: true,
          },
        ],
  );
  const marks = dashboard.annotations.list.filter(({ datasource }) => datasource.type === 'prometheus');
  const annotations = marks.map(({ name, expr, titleFormat }) => ({
    where: `${dashboard.title} / annotation ${name}`,
    part: 'annotation' as const,
    expression: substitute(expr, values),
    legend: titleFormat,
    instant: false,
  }));
  return [...panels, ...variables, ...annotations];
}

/** The queries of a dashboard that ask Loki, as `queriesOf` has those that ask Prometheus. */
export function logQueriesOf(
  dashboard: DashboardFile,
  values: Readonly<Record<string, string>>,
): Pick<DashboardQuery, 'where' | 'expression'>[] {
  const asked = [
    ...panelsOf(dashboard).flatMap(({ title, datasource, targets }) =>
      targets.map(({ expr }) => ({ name: title, datasource, expr })),
    ),
    ...dashboard.annotations.list,
  ];
  return asked
    .filter(({ datasource }) => datasource.type === 'loki')
    .map(({ name, expr }) => ({
      where: `${dashboard.title} / ${name}`,
      expression: substitute(expr, values),
    }));
}

/** PromQL that finds what one of the functions for variables of Grafana's Prometheus data source finds. */
function asExpression(query: string): string {
  const values = /^label_values\((.+),\s*(\w+)\)$/.exec(query);
  if (values !== null) return `count by (${values[2]}) (${values[1]})`;
  const result = /^query_result\((.+)\)$/.exec(query);
  if (result?.[1] !== undefined) return result[1];
  throw new Error(`no variable query: ${query}`);
}

function substitute(expression: string, values: Readonly<Record<string, string>>): string {
  // A `$1` belongs to a regular expression.
  return expression.replace(/\$\{?([a-z_]\w*)\}?/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no value for $${name} in ${expression}`);
    return value;
  });
}
