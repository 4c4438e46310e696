import type { Problem } from './problem.ts';

/** Keys below these, or of such names, may hold a secret. */
const SECRET = /auth|token|password|secret|key|user|domain|proxy|credential/i;
const LINE_MAX = 120;
/** What stands in the place of a value that nobody may see. */
const HIDDEN = '…';

/**
 * The line of a problem with a mark below its place, indented. A value is shown only under a key that is known and
 * holds no secret: an unknown key may be a slip in the name of a secret's.
 */
export function excerptOf(text: string, { line, column, path, message }: Problem): string | undefined {
  const source = text.split('\n', line)[line - 1]?.trimEnd();
  if (source === undefined || path === '') return undefined;
  const [whole, key = ''] = /^\s*(?:- )*("?[\w.-]{1,64}"?)\s*:/.exec(source) ?? [];
  if (whole === undefined) return undefined;
  const isShown =
    !message.startsWith('unknown key') &&
    !SECRET.test(path) &&
    !SECRET.test(source) &&
    path.replace(/\[\d+\]$/, '').endsWith(key);
  const shown = isShown ? source : `${whole}${source.length > whole.length ? ` ${HIDDEN}` : ''}`;
  if (shown.length > LINE_MAX || /[^\P{C}\t]/u.test(shown)) return undefined;
  const mark = column <= shown.length ? `\n    ${shown.slice(0, column - 1).replace(/[^\t]/g, ' ')}^` : '';
  return `    ${shown}${mark}`;
}
