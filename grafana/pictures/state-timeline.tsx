import { type DisplayValue, getFieldDisplayName } from '@grafana/data';
import { VizLegend } from '@grafana/ui';
import type { JSX } from 'react';
import type { BodyProps } from './panels.tsx';

const NAMES = 130;
const AXIS = 18;
const LEGEND = 26;

interface Stretch {
  readonly from: number;
  to: number;
  readonly shown: DisplayValue;
}

/** States over time. Grafana's own is not among its packages, so that this one only resembles it. */
export function StateTimeline({ panel, frames, range, theme, width, height }: BodyProps): JSX.Element {
  const [from, to] = [range.from.valueOf(), range.to.valueOf()];
  const rows = frames.map((frame) => {
    const [time, value] = frame.fields;
    const step = time?.config.interval ?? 0;
    const stretches: Stretch[] = [];
    for (const [index, at] of (time?.values ?? []).entries()) {
      const shown = value?.display?.(value.values[index]) as DisplayValue;
      const last = stretches.at(-1);
      if (last !== undefined && last.shown.text === shown.text && last.to >= at - 1.5 * step)
        last.to = at + step;
      else stretches.push({ from: at, to: at + step, shown });
    }
    return { name: value === undefined ? '' : getFieldDisplayName(value, frame, frames), stretches };
  });
  const perPage = (panel.options['perPage'] as number | undefined) ?? rows.length;
  const shown = rows.slice(0, perPage);
  const row = (height - AXIS - LEGEND) / Math.max(1, shown.length);
  const place = (at: number) => `${(100 * (Math.min(to, Math.max(from, at)) - from)) / (to - from)}%`;
  const mapped = (panel.fieldConfig.defaults.mappings ?? []).flatMap(({ options }) =>
    Object.values(options as Readonly<Record<string, { text?: string; color?: string }>>),
  );
  const seen = new Set(rows.flatMap(({ stretches }) => stretches.map((one) => one.shown.text)));
  const hours = [0, 0.25, 0.5, 0.75].map((part) => from + part * (to - from));
  return (
    <div style={{ width, height, ...theme.typography.bodySmall }}>
      {shown.map(({ name, stretches }) => (
        <div key={name} style={{ height: row, display: 'flex', alignItems: 'center' }}>
          <div
            style={{
              width: NAMES,
              textAlign: 'right',
              paddingRight: 8,
              overflow: 'hidden',
              whiteSpace: 'nowrap',
              textOverflow: 'ellipsis',
            }}
          >
            {name}
          </div>
          <div style={{ flex: 1, position: 'relative', height: row * 0.85 }}>
            {stretches.map(({ from, to, shown }) => (
              <div
                key={from}
                style={{
                  position: 'absolute',
                  top: 0,
                  bottom: 0,
                  left: place(from),
                  width: `calc(${place(to)} - ${place(from)})`,
                  background: theme.visualization.getColorByName(shown.color ?? ''),
                  opacity: 0.8,
                  overflow: 'hidden',
                }}
              />
            ))}
          </div>
        </div>
      ))}
      <div style={{ height: AXIS, marginLeft: NAMES, display: 'flex', color: theme.colors.text.secondary }}>
        {hours.map((at) => (
          <div key={at} style={{ flex: 1 }}>
            {new Date(at).toISOString().slice(11, 16)}
          </div>
        ))}
      </div>
      <VizLegend
        placement="bottom"
        displayMode={'list' as never}
        items={mapped
          .filter(({ text = '' }) => seen.has(text))
          .map(({ text = '', color = '' }) => ({ label: text, color, yAxis: 1 }))}
      />
    </div>
  );
}
