import type { AnnotationQuery, Dashboard } from '@grafana/schema';
import type { Options as BarGauge } from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type { Options as Logs } from '@grafana/schema/dist/esm/raw/composable/logs/panelcfg/x/LogsPanelCfg_types.gen';
import type { Options as Stat } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type {
  Options as StateTimeline,
  FieldConfig as StateTimelineField,
} from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen';
import type {
  Options as Table,
  FieldConfig as TableField,
} from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type {
  Options as TimeSeries,
  FieldConfig as TimeSeriesField,
} from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

/** A type of the schema as JSON has it, which writes members of an enum as what they stand for. */
type Json<T> = T extends string
  ? `${T}`
  : T extends readonly (infer U)[]
    ? Json<U>[]
    : T extends object
      ? { [K in keyof T]: Json<T[K]> }
      : T;

/** The schema leaves open what is the data source's own. */
type QueryAnnotation = Json<AnnotationQuery> & {
  expr: string;
  titleFormat: string;
  maxLines?: number;
  textFormat?: string;
  tagKeys?: string;
  useValueForTime?: boolean;
};

/** A dashboard as a file for import. */
type ImportedDashboard = Json<Omit<Dashboard, 'annotations'>> & {
  annotations: { list: QueryAnnotation[] };
  __inputs: Record<string, string>[];
  __requires: Record<string, string>[];
};

/** By which tables had pages before Grafana 12.2. */
interface OldTableFooter {
  footer: { show: boolean; reducer: string[]; countRows?: boolean; enablePagination: boolean };
}

/** What is checked: a dashboard, and by the type of a panel what the dashboard's own type leaves open in it. */
export type SchemaTypes = { dashboard: ImportedDashboard } & Json<{
  bargauge: { options: Partial<BarGauge> };
  logs: { options: Partial<Logs> };
  stat: { options: Partial<Stat> };
  'state-timeline': { options: Partial<StateTimeline>; custom: Partial<StateTimelineField> };
  table: { options: Partial<Table> & OldTableFooter; custom: Partial<TableField> };
  timeseries: { options: Partial<TimeSeries>; custom: Partial<TimeSeriesField> };
}>;
