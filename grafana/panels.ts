import { PanelBuilder as BarGaugeBuilder } from '@grafana/grafana-foundation-sdk/bargauge';
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  LineInterpolation,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TableFooterOptionsBuilder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTextDisplayOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLinkBuilder,
  type DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { COLOUR } from './colours.ts';
import { DATASOURCE, now } from './queries.ts';
import { textMapping } from './states.ts';

/** What every panel says of itself. */
export interface PanelText {
  readonly title: string;
  /** What is shown, and what to think of it. */
  readonly description: string;
  /** Unit by Grafana's name for it. */
  readonly unit: string;
  /** Shown in place of nothing. */
  readonly empty?: string;
}

type AnyBuilder = BarGaugeBuilder | StatBuilder | StateTimelineBuilder | TableBuilder | TimeSeriesBuilder;

function described<B extends AnyBuilder>(
  builder: B,
  text: PanelText,
  queries: readonly DataqueryBuilder[],
): B {
  builder
    .title(text.title)
    .description(text.description)
    .unit(text.unit)
    .datasource(DATASOURCE)
    .targets(queries.map((query, index) => query.refId(String.fromCharCode(65 + index))));
  if (text.empty !== undefined) builder.noValue(text.empty);
  return builder;
}

/** Colours numbers from `steps` on; below the first one is good. */
function thresholds(...steps: readonly (readonly [from: number, colour: string])[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: COLOUR.good }, ...steps.map(([value, color]) => ({ value, color }))]);
}

function latest(): ReduceDataOptionsBuilder {
  return new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false);
}

/** A link from a value to a dashboard. */
export function dataLink(title: string, url: string): DashboardLinkBuilder {
  return new DashboardLinkBuilder(title).url(url);
}

/** One big number or text, or several with legends. An expression alone is asked at the end of the time range. */
export function stat(text: PanelText, ...asked: readonly (string | DataqueryBuilder)[]): StatBuilder {
  const queries = asked.map((one) => (typeof one === 'string' ? now(one, text.title) : one));
  return described(new StatBuilder(), text, queries)
    .reduceOptions(latest())
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .thresholds(thresholds())
    .span(4)
    .height(4);
}

/** A number that ought to be 0. */
export function problemCount(text: PanelText, expression: string, colour: string): StatBuilder {
  return stat(text, expression)
    .thresholds(thresholds([1, colour]))
    .mappings([textMapping({ 0: ['None', COLOUR.good] })]);
}

/** States of several targets over time. */
export function timeline(
  text: Omit<PanelText, 'unit'>,
  mappings: ValueMapping[],
  query: DataqueryBuilder,
): StateTimelineBuilder {
  return described(new StateTimelineBuilder(), { ...text, unit: 'none' }, [query])
    .mappings(mappings)
    .thresholds(thresholds())
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .showValue(VisibilityMode.Auto)
    .mergeValues(true)
    .rowHeight(0.85)
    .perPage(15)
    .lineWidth(0)
    .fillOpacity(80)
    .legend(legend())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Single))
    .span(12)
    .height(8);
}

function legend(): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .showLegend(true)
    .calcs([]);
}

/** Lines over time. */
export function lines(text: PanelText, ...queries: readonly DataqueryBuilder[]): TimeSeriesBuilder {
  return described(new TimeSeriesBuilder(), text, queries)
    .min(0)
    .lineWidth(2)
    .fillOpacity(5)
    .showPoints(VisibilityMode.Never)
    .legend(legend())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .span(8)
    .height(8);
}

/** Parts of a whole that changes in steps. A line around a part of 0 would look like one of all parts together. */
export function stackedSteps(text: PanelText, ...queries: readonly DataqueryBuilder[]): TimeSeriesBuilder {
  return lines(text, ...queries)
    .lineInterpolation(LineInterpolation.StepAfter)
    .fillOpacity(60)
    .lineWidth(0)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
}

/** Rates of events, stacked by class. */
export function eventBars(
  text: Omit<PanelText, 'unit'>,
  ...queries: readonly DataqueryBuilder[]
): TimeSeriesBuilder {
  return lines({ ...text, unit: 'cpm' }, ...queries)
    .axisSoftMax(1)
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(80)
    .lineWidth(0)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
}

/** Numbers side by side as horizontal bars. */
export function bars(text: PanelText, ...queries: readonly DataqueryBuilder[]): BarGaugeBuilder {
  return described(new BarGaugeBuilder(), text, queries)
    .reduceOptions(latest())
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .text(new VizTextDisplayOptionsBuilder().titleSize(14).valueSize(18))
    .min(0)
    .thresholds(
      new ThresholdsConfigBuilder()
        .mode(ThresholdsMode.Absolute)
        .steps([{ value: null, color: COLOUR.busy }]),
    )
    .span(12)
    .height(8);
}

/** A column of a table. `field` is a label, or `Value`, or `Value #A` where there are several queries. */
export interface Column {
  readonly field: string;
  readonly title: string;
  readonly unit?: string;
  readonly mappings?: readonly ValueMapping[];
  readonly url?: string;
  /** The page of the exporter about the same. */
  readonly page?: string;
  readonly width?: number;
}

/** What stands in a cell of which nothing is known; `empty` of the panel would stand there too. */
const NOTHING = '–';

/** Labels and values of instant queries in columns, of which only `shown` are seen; rows of the same labels become one. */
export function table(
  text: PanelText,
  shown: readonly Column[],
  ...queries: readonly DataqueryBuilder[]
): TableBuilder {
  const builder = described(new TableBuilder(), text, queries)
    .thresholds(thresholds())
    .filterable(true)
    .footer(new TableFooterOptionsBuilder().enablePagination(true))
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'filterFieldsByName',
      options: { include: { names: shown.map(({ field }) => field) } },
    })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: {},
        indexByName: Object.fromEntries(shown.map(({ field }, index) => [field, index])),
        renameByName: {},
      },
    })
    .span(12)
    .height(8);
  for (const column of shown) builder.overrideByName(column.field, properties(column));
  return builder;
}

function properties({ title, unit, mappings, url, page, width }: Column): DynamicConfigValue[] {
  const values: DynamicConfigValue[] = [
    { id: 'displayName', value: title },
    { id: 'noValue', value: NOTHING },
  ];
  if (unit !== undefined) values.push({ id: 'unit', value: unit });
  if (width !== undefined) values.push({ id: 'custom.width', value: width });
  if (url !== undefined) {
    const ofPage = page === undefined ? [] : [{ title: 'Status page', url: page, targetBlank: true }];
    values.push({ id: 'links', value: [{ title: 'Show details', url }, ...ofPage] });
  }
  if (mappings !== undefined) {
    values.push({ id: 'mappings', value: mappings });
    values.push({ id: 'custom.cellOptions', value: { type: 'color-text' } });
  }
  return values;
}

/** Fixes the colour of the series named `name`, so that a class looks the same everywhere. */
export function coloured(
  builder: TimeSeriesBuilder,
  colours: Readonly<Record<string, string>>,
): TimeSeriesBuilder {
  for (const [name, fixedColor] of Object.entries(colours)) {
    builder.overrideByName(name, [{ id: 'color', value: { mode: 'fixed', fixedColor } }]);
  }
  return builder;
}
