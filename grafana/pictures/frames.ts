import { type DataFrame, type Field, FieldType, type Labels } from '@grafana/data';

/** A query of a panel, as a dashboard has it. */
export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  readonly instant?: boolean;
  readonly format?: string;
}

/** A series as Prometheus answers with it: a value at one moment or several over time, in seconds since 1970. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

export interface Answer {
  readonly target: Target;
  readonly result: readonly Series[];
  /** Seconds between two values. */
  readonly step: number;
}

/** What Grafana's Prometheus data source makes of the answers to a panel's queries. */
export function framesOf(answers: readonly Answer[]): DataFrame[] {
  return answers.flatMap((answer) =>
    answer.target.format === 'table' ? tableOf(answer, answers.length) : answer.result.map(seriesOf(answer)),
  );
}

function seriesOf({ target, step }: Answer) {
  return ({ metric, value, values = value === undefined ? [] : [value] }: Series): DataFrame => {
    const name = nameOf(metric, target.legendFormat);
    const config = { interval: step * 1_000 };
    const times = values.map(([at]) => at * 1_000);
    const numbers = values.map(([, digits]) => Number(digits));
    return {
      refId: target.refId,
      name,
      length: values.length,
      fields: [
        { name: 'Time', type: FieldType.time, config, values: times },
        {
          name: 'Value',
          type: FieldType.number,
          labels: { ...metric },
          config: { displayNameFromDS: name },
          values: numbers,
        },
      ],
    };
  };
}

/** One row for each series. No answer is no frame, so that it takes no column. */
function tableOf({ target, result }: Answer, queries: number): DataFrame[] {
  if (result.length === 0) return [];
  const labels = [...new Set(result.flatMap(({ metric }) => Object.keys(metric)))].sort();
  const column = (name: string, type: FieldType, values: unknown[]): Field => ({
    name,
    type,
    config: {},
    values,
  });
  return [
    {
      refId: target.refId,
      length: result.length,
      fields: [
        column(
          'Time',
          FieldType.time,
          result.map(({ value }) => (value?.[0] ?? 0) * 1_000),
        ),
        ...labels.map((label) =>
          column(
            label,
            FieldType.string,
            result.map(({ metric }) => metric[label] ?? ''),
          ),
        ),
        column(
          queries > 1 ? `Value #${target.refId}` : 'Value',
          FieldType.number,
          result.map(({ value }) => Number(value?.[1])),
        ),
      ],
    },
  ];
}

function nameOf(labels: Labels, format: string): string {
  if (format !== '' && format !== '__auto') {
    return format.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => labels[name] ?? '');
  }
  const { __name__: metric = '', ...rest } = labels;
  const pairs = Object.entries(rest).map(([name, value]) => `${name}="${value}"`);
  return pairs.length === 0 && metric !== '' ? metric : `${metric}{${pairs.join(', ')}}`;
}
