import { beginningOf } from './telling-texts.ts';

/** What the documents of a kind say that its events may tell. */
export interface Catalog {
  /** Texts of events; `{}` stands for what differs. */
  readonly texts: readonly string[];
  /** Words that tell something in other texts too. */
  readonly words: readonly string[];
}

/** Makes a test whether a text is one of a catalog, in whatever case, with or without the full stop at its end. */
export function catalogMatch({ texts }: Catalog): (text: string) => boolean {
  const patterns = texts.map((text) => {
    const literals = text.replace(/\.$/, '').split('{}');
    const escaped = literals.map((literal) => literal.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
    return new RegExp(`^${escaped.join('[^]*?')}\\.?$`, 'i');
  });
  return (text) => {
    const beginning = beginningOf(text).trim();
    return patterns.some((pattern) => pattern.test(beginning));
  };
}
