import {
  dataLinksOverrideProcessor,
  displayNameOverrideProcessor,
  FieldConfigOptionsRegistry,
  type FieldConfigPropertyItem,
  type FieldOverrideContext,
  identityOverrideProcessor,
  numberOverrideProcessor,
  thresholdsOverrideProcessor,
  unitOverrideProcessor,
  valueMappingsOverrideProcessor,
} from '@grafana/data';

type Process = FieldConfigPropertyItem['process'];

/** What Grafana's own panels let a dashboard say of a field; of their own, those that these dashboards use. */
const PROPERTIES: Readonly<Record<string, Process>> = {
  displayName: displayNameOverrideProcessor,
  unit: unitOverrideProcessor,
  min: numberOverrideProcessor,
  max: numberOverrideProcessor,
  decimals: numberOverrideProcessor,
  thresholds: thresholdsOverrideProcessor,
  mappings: valueMappingsOverrideProcessor,
  links: dataLinksOverrideProcessor,
  color: identityOverrideProcessor as Process,
  noValue: identityOverrideProcessor as Process,
};
const OWN = [
  'width',
  'align',
  'inspect',
  'filterable',
  'cellOptions',
  'hidden',
  'hideFrom',
  'lineWidth',
  'fillOpacity',
  'showPoints',
  'drawStyle',
  'stacking',
  'lineInterpolation',
  'axisSoftMax',
];

export function fieldConfigRegistry(): FieldConfigOptionsRegistry {
  return new FieldConfigOptionsRegistry(() => [
    ...Object.entries(PROPERTIES).map(([id, process]) => property(id, id, process)),
    ...OWN.map((path) => property(`custom.${path}`, path, identityOverrideProcessor as Process)),
  ]);
}

function property(id: string, path: string, process: Process): FieldConfigPropertyItem {
  return {
    id,
    path,
    name: path,
    isCustom: id !== path,
    process: (value: unknown, context: FieldOverrideContext, settings: unknown) =>
      process(value, context, settings as never),
    shouldApply: () => true,
    override: noEditor,
    editor: noEditor,
  } as unknown as FieldConfigPropertyItem;
}

function noEditor(): null {
  return null;
}
