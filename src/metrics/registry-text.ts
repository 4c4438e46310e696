import type { Registry } from 'prom-client';
import { type Format, formatLabels, metadata, sampleLine } from './lines.ts';

export interface RegistryTextOptions {
  readonly format: Format;
  /** When the counters and histograms began to count, in Unix milliseconds. */
  readonly created: number;
  /** Whether a counter or histogram, named as its sample or its family with the labels, is to be shown as 0. */
  readonly isHeld: (series: string) => boolean;
}

/**
 * The exposition of a prom-client registry. Its own renderer knows one format per registry, and a single
 * collector that throws loses the whole answer; here it loses its own family.
 */
export async function registryText(registry: Registry, options: RegistryTextOptions): Promise<string> {
  let text = '';
  for (const { name } of registry.getMetricsAsArray()) text += await familyText(registry, name, options);
  return text;
}

async function familyText(
  registry: Registry,
  name: string,
  { format, created, isHeld }: RegistryTextOptions,
): Promise<string> {
  let family: Awaited<ReturnType<NonNullable<ReturnType<Registry['getSingleMetric']>>['get']>> | undefined;
  try {
    family = await registry.getSingleMetric(name)?.get();
  } catch {
    return '';
  }
  if (family === undefined || family.values.length === 0) return '';
  // Declared as an enum, a word such as `counter` in fact.
  const type = String(family.type);
  // Gauges named like counters (nodejs_active_handles_total) repeat what their labelled twins say.
  if (type === 'gauge' && name.endsWith('_total')) return '';
  const isCounting = type === 'counter' || type === 'histogram';
  let text = metadata({ name, type, help: family.help }, format);
  for (const sample of family.values) {
    const sampleName = 'metricName' in sample ? (sample.metricName ?? name) : name;
    const labels = formatLabels(sample.labels);
    const { le: _, ...own } = sample.labels;
    const ownLabels = formatLabels(own);
    const value = isCounting && isHeld(`${name}{${ownLabels}}`) ? 0 : sample.value;
    text += sampleLine(sampleName, labels, value);
    // The samples of a histogram end with its count.
    const isLast = type === 'counter' || sampleName === `${name}_count`;
    if (format === 'openmetrics' && isCounting && isLast) {
      text += sampleLine(`${name.replace(/_total$/, '')}_created`, ownLabels, created / 1000);
    }
  }
  return text;
}
