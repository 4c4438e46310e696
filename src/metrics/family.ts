/** A metric family. `name` is the sample name, so a counter's ends in `_total`. */
export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  /** One sentence; the exposition's HELP and the metric documentation. */
  readonly help: string;
}

export type Labels = Readonly<Record<string, string | undefined>>;

/** Takes one sample of the current target; undefined labels are left out. */
export type SampleSink = (family: Family, labels: Labels, value: number) => void;
