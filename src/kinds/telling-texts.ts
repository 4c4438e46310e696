import type { Problem } from './problem.ts';

/** A text that tells of a problem, whatever its type or level: how it is known, its alert, and what the target did. */
export type TellingText = readonly [pattern: RegExp, alertname: string, summary: string];

const BEGINNING = 1_000;

/** Where a text says what it is about. To look further would cost time that grows with the square of its length. */
export function beginningOf(text: string): string {
  return text.slice(0, BEGINNING);
}

/** The problem that a text tells of, as a warning. */
export function problemOfText(texts: readonly TellingText[], message: string): Problem | undefined {
  const found = texts.find(([pattern]) => pattern.test(beginningOf(message)));
  if (found === undefined) return undefined;
  const [, alertname, summary] = found;
  return { alertname, severity: 'warning', summary, labels: {}, message };
}
