/** A metric family. `name` is the sample name, so a counter's ends in `_total`. */
export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** One sentence; the exposition's HELP and the metric documentation. */
  readonly help: string;
  /** Labels whose values are kept few: beyond the limit they are `other`. */
  readonly bounded?: readonly string[];
}

export type Labels = Readonly<Record<string, string | undefined>>;

/** Takes one sample of the current target; undefined labels are left out. */
export type SampleSink = (family: Family, labels: Labels, value: number) => void;

/** A metric of a project: what its targets of one kind add up to. */
export interface TotalFamily extends Family {
  /** Every kind has it, so that its series bear the label `kind` too. */
  readonly isOfAllKinds?: true;
  /** Label names beside `project` and `kind`. */
  readonly labels: readonly string[];
  /** Label sets that exist with 0 from the start. */
  readonly known: readonly Labels[];
  /** Upper bounds of a histogram's buckets in ascending order, without infinity. */
  readonly buckets?: readonly number[];
}

/** Its series grow only, so that they are to be seen at 0 first. */
export function accumulates({ type }: Family): boolean {
  return type !== 'gauge';
}
