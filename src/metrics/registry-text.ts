import type { Registry } from 'prom-client';
import { type Format, formatLabels, metadata, sampleLine } from './lines.ts';

/**
 * The exposition of a prom-client registry. Its own renderer knows one format per registry, and a single
 * collector that throws loses the whole answer; here it loses its own family.
 */
export async function registryText(registry: Registry, format: Format): Promise<string> {
  let text = '';
  for (const { name } of registry.getMetricsAsArray()) text += await familyText(registry, name, format);
  return text;
}

async function familyText(registry: Registry, name: string, format: Format): Promise<string> {
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
  let text = metadata({ name, type, help: family.help }, format);
  for (const sample of family.values) {
    const sampleName = 'metricName' in sample ? (sample.metricName ?? name) : name;
    text += sampleLine(sampleName, formatLabels(sample.labels), sample.value);
  }
  return text;
}
