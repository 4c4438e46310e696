import type { Family, Labels, SampleSink } from './family.ts';

/** The exposition formats: Prometheus text 0.0.4 and OpenMetrics 1.0.0. */
export type Format = 'text' | 'openmetrics';

/** Escapes a label value. Lone surrogates have no UTF-8 form and become U+FFFD. */
export function escapeLabelValue(value: string): string {
  return value
    .toWellFormed()
    .replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
}

/** A sample value as both formats spell it. */
export function formatValue(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}

/** Labels as they stand between the braces, in the order given; undefined ones are left out. */
export function formatLabels(labels: Readonly<Record<string, string | number | undefined>>): string {
  let text = '';
  for (const name in labels) {
    const value = labels[name];
    if (value === undefined) continue;
    text += `${text === '' ? '' : ','}${name}="${escapeLabelValue(String(value))}"`;
  }
  return text;
}

/** One sample line. `labels` is what {@link formatLabels} gave. */
export function sampleLine(name: string, labels: string, value: number): string {
  return labels === '' ? `${name} ${formatValue(value)}\n` : `${name}{${labels}} ${formatValue(value)}\n`;
}

/** The HELP and TYPE lines. OpenMetrics names a counter without its `_total`, which stays on the sample. */
export function metadata(family: { name: string; type: string; help: string }, format: Format): string {
  const { type } = family;
  const openmetrics = format === 'openmetrics';
  const name = openmetrics && type === 'counter' ? family.name.replace(/_total$/, '') : family.name;
  let help = family.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  if (openmetrics) help = help.replaceAll('"', '\\"');
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

/**
 * Adds to each line of a counter, and to each count of a histogram, when it began to count, as OpenMetrics has it.
 * @param created Unix seconds
 */
export function withCreated(text: string, { name, type }: Family, created: number): string {
  const counting = type === 'histogram' ? `${name}_count` : name;
  const stem = name.replace(/_total$/, '');
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    lines.push(`${line}\n`);
    if (!line.startsWith(counting)) continue;
    const labels = line.slice(counting.length, line.lastIndexOf(' '));
    lines.push(`${stem}_created${labels} ${formatValue(created)}\n`);
  }
  return lines.join('');
}

/** Collects the samples of one target as rendered lines. */
export interface TargetLines {
  /** A second sample with the same family and labels replaces the first: a series never appears twice. */
  readonly sink: SampleSink;
  /** What was taken so far, a family's lines as one string. */
  lines(): Map<Family, string>;
}

/** @param base the target's own labels, which stand first on every line */
export function targetLines(base: Labels): TargetLines {
  const prefix = formatLabels(base);
  const families = new Map<Family, Map<string, number>>();
  return {
    sink(family, labels, value) {
      let samples = families.get(family);
      if (samples === undefined) {
        samples = new Map();
        families.set(family, samples);
      }
      samples.set(formatLabels(labels), value);
    },
    lines() {
      const lines = new Map<Family, string>();
      for (const [family, samples] of families) {
        // Joining small pieces gives one flat string; concatenation would keep a tree of fragments.
        const pieces: string[] = [];
        for (const [labels, value] of samples) {
          pieces.push(family.name);
          if (prefix !== '' || labels !== '') {
            pieces.push('{', prefix, prefix !== '' && labels !== '' ? ',' : '', labels, '}');
          }
          pieces.push(' ', formatValue(value), '\n');
        }
        lines.set(family, pieces.join(''));
      }
      return lines;
    },
  };
}
