/** What is known of a target beside its events, for people to look at. */
export interface Detail {
  readonly tables: readonly DetailTable[];
}

export interface DetailTable {
  readonly title: string;
  readonly columns: readonly string[];
  /** As many cells as there are columns. */
  readonly rows: readonly (readonly DetailCell[])[];
  /** What stands in the place of a table without rows. */
  readonly empty: string;
}

/**
 * A text, which heads its row; a note beside it; an amount, to be drawn as a bar and undefined until known; an instant in Unix milliseconds; or a word
 * that is good or bad news.
 */
export type DetailCell =
  | { readonly text: string }
  | { readonly note: string }
  | { readonly amount: number | undefined; readonly unit: 'seconds' | 'pieces' }
  | { readonly instant: number }
  | { readonly verdict: string; readonly news: 'good' | 'bad' | 'none' };
