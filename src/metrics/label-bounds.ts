/** What stands for the values beyond the limit. */
const REST = 'other';

/** Keeps the values of labels few: of each label the first so many distinct ones are shown, all others as `other`. */
export class LabelBounds {
  readonly #values = new Map<string, Set<string>>();
  #max: number;

  /** @param max distinct values of one label */
  constructor(max: number) {
    this.#max = max;
  }

  /** What is shown already stays. */
  set max(max: number) {
    this.#max = max;
  }

  /** The value to show. */
  take(label: string, value: string): string {
    let values = this.#values.get(label);
    if (values === undefined) {
      values = new Set();
      this.#values.set(label, values);
    }
    if (values.has(value)) return value;
    if (values.size >= this.#max) return REST;
    if (value !== REST) values.add(value);
    return value;
  }
}
