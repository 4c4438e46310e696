import {
  type DataFrame,
  type DisplayValueAlignmentFactors,
  type FieldConfigSource,
  type FieldDisplay,
  type GrafanaTheme2,
  getDisplayValueAlignmentFactors,
  getFieldDisplayValues,
  type TimeRange,
  VizOrientation,
} from '@grafana/data';
import {
  BarGauge,
  type BarGaugeDisplayMode,
  type BarGaugeValueMode,
  BigValue,
  type BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  TimeSeries,
  VizRepeater,
} from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import type { JSX } from 'react';
import { StateTimeline } from './state-timeline.tsx';

/** A panel of a dashboard, as its file has it. */
export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly collapsed?: boolean;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly options: Readonly<Record<string, never>>;
  readonly fieldConfig: FieldConfigSource;
  readonly transformations?: readonly unknown[];
}

export interface BodyProps {
  readonly panel: Panel;
  readonly frames: DataFrame[];
  readonly range: TimeRange;
  readonly theme: GrafanaTheme2;
  readonly width: number;
  readonly height: number;
}

/** The inside of a panel. */
export function PanelBody(props: BodyProps): JSX.Element {
  const { panel, frames, theme, range, width, height } = props;
  const empty = frames.every(({ length }) => length === 0);
  switch (panel.type) {
    case 'stat':
      return <Values {...props} draw={bigNumber(theme, panel)} />;
    case 'bargauge':
      return <Values {...props} draw={bar(theme, panel)} />;
  }
  if (empty) return <Empty {...props} />;
  switch (panel.type) {
    case 'timeseries':
      return (
        <TimeSeries
          frames={frames}
          timeRange={range}
          timeZone="utc"
          width={width}
          height={height}
          legend={panel.options['legend'] as never}
        />
      );
    case 'state-timeline':
      return <StateTimeline {...props} />;
    case 'table':
      return (
        <TableNG
          data={frames[0] as DataFrame}
          width={width}
          height={height}
          theme={theme}
          sortBy={panel.options['sortBy']}
          enablePagination={panel.options['enablePagination']}
          {...({ timeRange: range, fieldConfig: panel.fieldConfig } as never)}
        />
      );
    default:
      return <Empty {...props} />;
  }
}

function Empty({ panel, height, theme }: BodyProps): JSX.Element {
  return (
    <div
      style={{
        height,
        display: 'grid',
        placeItems: 'center',
        textAlign: 'center',
        color: theme.colors.text.secondary,
      }}
    >
      {panel.fieldConfig.defaults.noValue ?? 'No data'}
    </div>
  );
}

interface Box {
  readonly value: FieldDisplay;
  readonly width: number;
  readonly height: number;
  readonly alignmentFactors: DisplayValueAlignmentFactors;
  readonly count: number;
  readonly orientation: VizOrientation;
}

/** A value for each series, side by side. */
function Values({
  panel,
  frames,
  theme,
  width,
  height,
  draw,
}: BodyProps & { draw: (box: Box) => JSX.Element }): JSX.Element {
  const values = getFieldDisplayValues({
    fieldConfig: panel.fieldConfig,
    reduceOptions: panel.options['reduceOptions'] as never,
    replaceVariables: (text) => text,
    theme,
    data: frames,
    timeZone: 'utc',
  });
  const orientation = (panel.options['orientation'] as VizOrientation | undefined) ?? VizOrientation.Auto;
  return (
    <VizRepeater
      getValues={() => values}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={draw as never}
      width={width}
      height={height}
      source={frames}
      renderCounter={0}
      autoGrid
      itemSpacing={panel.type === 'bargauge' ? 8 : 3}
      orientation={orientation}
    />
  );
}

function bigNumber(theme: GrafanaTheme2, panel: Panel) {
  return ({ value, width, height, count, alignmentFactors }: Box) => {
    const auto = count > 1 ? BigValueTextMode.ValueAndName : BigValueTextMode.Value;
    const mode = panel.options['textMode'] as BigValueTextMode | undefined;
    return (
      <BigValue
        value={value.display}
        count={count}
        width={width}
        height={height}
        theme={theme}
        colorMode={panel.options['colorMode'] as BigValueColorMode}
        graphMode={BigValueGraphMode.None}
        textMode={mode === undefined || mode === BigValueTextMode.Auto ? auto : mode}
        alignmentFactors={alignmentFactors}
      />
    );
  };
}

function bar(theme: GrafanaTheme2, panel: Panel) {
  return ({ value, width, height, orientation, alignmentFactors }: Box) => (
    <BarGauge
      value={value.display}
      field={value.field}
      display={value.view?.getFieldDisplayProcessor(value.colIndex ?? 0)}
      width={width}
      height={height}
      orientation={orientation}
      theme={theme}
      displayMode={panel.options['displayMode'] as BarGaugeDisplayMode}
      valueDisplayMode={panel.options['valueMode'] as BarGaugeValueMode}
      showUnfilled={panel.options['showUnfilled'] ?? true}
      itemSpacing={8}
      namePlacement={panel.options['namePlacement']}
      text={panel.options['text']}
      alignmentFactors={alignmentFactors}
    />
  );
}
