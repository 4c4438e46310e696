import { everyKey } from './known-keys.ts';
import type { Problem } from './problem.ts';
import { configSchema } from './schema.ts';

/** Keys below these, or of such names, may hold a secret. */
const SECRET = /auth|token|password|secret|key|user|domain|proxy|credential|:\/\/[^\s/]*@/i;
const KEYS = everyKey(configSchema);
const LINE_MAX = 160;
/** What stands in the place of a value that nobody may see. */
const HIDDEN = '…';

/**
 * The line of a problem with a mark below its place, indented. Values are shown only where every key of the line is
 * known and holds no secret: an unknown key may be a slip in the name of a secret's.
 */
export function excerptOf(text: string, problem: Problem): string | undefined {
  const source = text.split('\n', problem.line)[problem.line - 1]?.trimEnd();
  if (source === undefined || problem.path === '') return undefined;
  const shown = isPublic(source, problem) ? source : withoutValue(source);
  if (shown === undefined || shown.length > LINE_MAX || /[^\P{C}\t]/u.test(shown)) return undefined;
  const column = Math.min(problem.column, shown.length);
  return `    ${shown}\n    ${shown.slice(0, column - 1).replace(/[^\t]/g, ' ')}^`;
}

function isPublic(source: string, { path, message }: Problem): boolean {
  if (message.startsWith('unknown key') || SECRET.test(path) || SECRET.test(source)) return false;
  const keys = keysOf(source);
  const own = path.replace(/\[\d+\]$/, '').replace(/^.*[.\]]\.?/s, '');
  return keys.includes(own) && keys.every((key) => KEYS.has(key));
}

/** The keys of a line; none where it is not plain to see which they are, as where a text began on a line before it. */
function keysOf(source: string): string[] {
  const isFlow = /[{[]/.test(source);
  const quotes = source.match(/["']/g)?.length ?? 0;
  if (isFlow && (/:(?!\s|$)/.test(source) || quotes % 2 === 1)) return [];
  const found = isFlow ? /(?:^|[\s{,[])"?([\w.-]+)"?\s*:(?=\s|$)/g : /^\s*(?:- )*"?([\w.-]+)"?\s*:/g;
  return [...source.matchAll(found)].map(([, key = '']) => key);
}

/** The key with which a line begins, where it begins with one. */
function withoutValue(source: string): string | undefined {
  const [whole] = /^\s*(?:- )*"?[\w.-]{1,64}"?\s*:/.exec(source) ?? [];
  return whole === undefined || source.length === whole.length ? whole : `${whole} ${HIDDEN}`;
}
