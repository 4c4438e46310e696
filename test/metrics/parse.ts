/** One sample of an exposition, read by the letter of the format and knowing nothing of the writer. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
}

export function parseSample(line: string): Sample {
  const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0];
  if (name === undefined) throw new Error(`no metric name: ${line}`);
  const labels: Record<string, string> = {};
  let at = name.length;
  if (line[at] === '{') {
    at += 1;
    while (line[at] !== '}') {
      const equals = line.indexOf('="', at);
      const label = line.slice(at, equals);
      if (!/^[a-zA-Z_]\w*$/.test(label) || label in labels) throw new Error(`bad label ${label}: ${line}`);
      at = equals + 2;
      let value = '';
      for (; line[at] !== '"'; at += 1) {
        const character = line[at];
        if (character === undefined || character === '\n') throw new Error(`open label value: ${line}`);
        if (character !== '\\') {
          value += character;
          continue;
        }
        at += 1;
        const escaped = { n: '\n', '\\': '\\', '"': '"' }[line[at] ?? ''];
        if (escaped === undefined) throw new Error(`bad escape: ${line}`);
        value += escaped;
      }
      labels[label] = value;
      at += 1;
      if (line[at] === ',') at += 1;
      else if (line[at] !== '}') throw new Error(`labels do not end: ${line}`);
    }
    at += 1;
  }
  const value = /^ (\S+)$/.exec(line.slice(at))?.[1];
  if (value === undefined) throw new Error(`no value: ${line}`);
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
