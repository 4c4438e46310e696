/** One sample of an exposition, read by the letter of the format and knowing nothing of the writer. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
}

/** Nothing but label pairs with commas between them; in a value, a quote, a backslash and a newline are escaped. */
const LABELS = /(^|,)([a-zA-Z_]\w*)="([^"\\\n]*(?:\\["\\n][^"\\\n]*)*)"/g;

export function parseSample(line: string): Sample {
  const [, name, within = '', value] = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{([^\n]*)\})? (\S+)$/.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error(`no sample: ${line}`);
  const labels: Record<string, string> = {};
  let read = 0;
  for (const [pair, , label = '', text = ''] of within.matchAll(LABELS)) {
    if (label in labels) throw new Error(`bad label ${label}: ${line}`);
    labels[label] = text.includes('\\')
      ? text.replace(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped))
      : text;
    read += pair.length;
  }
  if (read !== within.length) throw new Error(`bad labels: ${line}`);
  return { name, labels, value };
}

/** All samples of an exposition, keyed by series; a series or a family given twice is an error. */
export function parseExposition(text: string): Map<string, string> {
  const samples = new Map<string, string>();
  const families = new Set<string>();
  for (const line of text.split('\n')) {
    const family = /^# TYPE (\S+)/.exec(line)?.[1];
    if (family !== undefined) {
      if (families.has(family)) throw new Error(`family twice: ${family}`);
      families.add(family);
    }
    if (line === '' || line.startsWith('#')) continue;
    const { name, labels, value } = parseSample(line);
    const series = `${name}${JSON.stringify(labels)}`;
    if (samples.has(series)) throw new Error(`series twice: ${series}`);
    samples.set(series, value);
  }
  return samples;
}
