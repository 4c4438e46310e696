import {
  applyFieldOverrides,
  cacheFieldDisplayNames,
  createTheme,
  type DataFrame,
  dateTime,
  FieldColorModeId,
  type GrafanaTheme2,
  standardFieldConfigEditorRegistry,
  standardTransformers,
  standardTransformersRegistry,
  type TimeRange,
  transformDataFrame,
} from '@grafana/data';
import { GlobalStyles, PanelChrome, ThemeContext } from '@grafana/ui';
import { createRoot } from 'react-dom/client';
import { firstValueFrom } from 'rxjs';
import { fieldConfigRegistry } from './field-config.ts';
import { type Answer, framesOf } from './frames.ts';
import { type Panel, PanelBody } from './panels.tsx';

interface Picture {
  readonly title: string;
  readonly mode: 'light' | 'dark';
  /** Unix milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly width: number;
  /** The variables at the top, by their label. */
  readonly chosen: Readonly<Record<string, string>>;
  readonly panels: readonly { readonly panel: Panel; readonly answers: readonly Answer[] }[];
}

const COLUMNS = 24;
const ROW = 30;
const GAP = 8;
/** Milliseconds that graphs and tables take to find their size. */
const SETTLED = 2_000;

standardTransformersRegistry.setInit(
  () =>
    [
      standardTransformers.mergeTransformer,
      standardTransformers.organizeFieldsTransformer,
      standardTransformers.filterFieldsByNameTransformer,
    ].map((transformation) => ({
      id: transformation.id,
      name: transformation.name,
      transformation: () => Promise.resolve(transformation),
      editor: () => null,
      imageDark: '',
      imageLight: '',
    })) as never,
);
const registry = fieldConfigRegistry();
standardFieldConfigEditorRegistry.setInit(() => registry.list());

/** What becomes of answers on their way to a panel: transformations first, then what the dashboard says of fields. */
async function prepared(
  panel: Panel,
  answers: readonly Answer[],
  theme: GrafanaTheme2,
): Promise<DataFrame[]> {
  if (panel.type === 'row') return [];
  const configs = (panel.transformations ?? []) as never[];
  const frames = await firstValueFrom(
    transformDataFrame(configs, framesOf(answers), { interpolate: (text: string) => text }),
  );
  const { defaults, overrides } = panel.fieldConfig;
  const color = panel.type === 'timeseries' ? { color: { mode: FieldColorModeId.PaletteClassic } } : {};
  const shown = applyFieldOverrides({
    data: frames,
    fieldConfig: { defaults: { ...color, ...defaults }, overrides },
    fieldConfigRegistry: registry,
    replaceVariables: (text) => text,
    theme,
    timeZone: 'utc',
  });
  cacheFieldDisplayNames(shown);
  return shown;
}

/** Draws a dashboard, and is done when it is to be seen. */
async function draw(picture: Picture): Promise<void> {
  const { title, mode, from, to, width, chosen, panels } = picture;
  const theme = createTheme({ colors: { mode } });
  const range: TimeRange = { from: dateTime(from), to: dateTime(to), raw: { from: 'now-24h', to: 'now' } };
  const column = (width - GAP) / COLUMNS;
  const ready = await Promise.all(
    panels.map(async ({ panel, answers }) => ({ panel, frames: await prepared(panel, answers, theme) })),
  );
  const bottom = Math.max(...panels.map(({ panel: { gridPos } }) => gridPos.y + gridPos.h));
  const { colors, typography } = theme;
  const root = document.createElement('div');
  document.body.append(root);
  createRoot(root).render(
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <div style={{ width, background: colors.background.canvas, color: colors.text.primary }}>
        <div style={{ padding: `${GAP}px ${GAP}px 0`, display: 'flex', alignItems: 'center', gap: 16 }}>
          <span style={{ ...typography.h4, margin: 0 }}>{title}</span>
          {Object.entries(chosen).map(([label, value]) => (
            <span key={label} style={{ ...typography.bodySmall }}>
              <span style={{ color: colors.text.secondary }}>{label}</span> {value}
            </span>
          ))}
        </div>
        <div style={{ position: 'relative', height: bottom * (ROW + GAP) + GAP }}>
          {ready.map(({ panel, frames }) => {
            const { x, y, w, h } = panel.gridPos;
            const box = { width: w * column - GAP, height: h * (ROW + GAP) - GAP };
            return (
              <div
                key={panel.id}
                style={{ position: 'absolute', left: x * column + GAP, top: y * (ROW + GAP) + GAP, ...box }}
              >
                {panel.type === 'row' ? (
                  <div style={{ ...typography.h6, margin: 0, lineHeight: `${box.height}px` }}>
                    {panel.collapsed ? '›' : '⌄'} {panel.title}
                  </div>
                ) : (
                  <PanelChrome {...box} title={panel.title} description={panel.description ?? ''}>
                    {(width, height) => (
                      <PanelBody
                        panel={panel}
                        frames={frames}
                        range={range}
                        theme={theme}
                        width={width}
                        height={height}
                      />
                    )}
                  </PanelChrome>
                )}
              </div>
            );
          })}
        </div>
      </div>
    </ThemeContext.Provider>,
  );
  await document.fonts.ready;
  await new Promise((resolve) => setTimeout(resolve, SETTLED));
}

Object.assign(window, { draw });
