import type { z } from 'zod';
import { knownKeys } from './known-keys.ts';
import { nearest } from './nearest.ts';
import { inFileOrder, type Problem } from './problem.ts';
import { findNearest, type Tree, toPlain, type YamlFile } from './yaml-tree.ts';

type Issue = z.core.$ZodIssue;

/** What a schema makes of a YAML file, or everything that is wrong with it. */
export function validate<S extends z.ZodType>(
  schema: S,
  yaml: YamlFile & { readonly tree: Tree },
):
  | { readonly ok: true; readonly value: z.output<S> }
  | { readonly ok: false; readonly problems: readonly Problem[] } {
  const { tree } = yaml;
  const first = schema.safeParse(toPlain(tree, new Map()));
  const result = first.success ? first : schema.safeParse(toPlain(tree, retype(tree, first.error.issues)));
  if (result.success && yaml.problems.length === 0) return { ok: true, value: result.data };
  const keysAt = (path: readonly PropertyKey[]) => knownKeys(schema, path);
  const problems = result.success ? [] : result.error.issues.flatMap((issue) => explain(issue, yaml, keysAt));
  return { ok: false, problems: inFileOrder([...yaml.problems, ...problems]) };
}

/**
 * YAML guesses the type of a value from its looks, before anybody knows what its key wants. A project ID
 * of digits alone is text all the same, the number in an environment variable is a number, and a key
 * with nothing behind it, such as a list whose items are commented out, is as good as left out, unless a
 * rule of its own is against it.
 */
function retype(tree: Tree, issues: readonly Issue[]): ReadonlyMap<Tree, unknown> {
  const replaced = new Map<Tree, unknown>();
  for (const issue of issues) {
    const { tree: node, found } = findNearest(tree, issue.path);
    if (!found || node.kind !== 'scalar') continue;
    if (node.value === null) {
      if (typeof issue.path.at(-1) === 'string' && issue.code !== 'custom') replaced.set(node, undefined);
    } else if (issue.code !== 'invalid_type') continue;
    else if (issue.expected === 'string') replaced.set(node, node.text);
    else if (node.expanded) replaced.set(node, scalarOf(node.text));
  }
  return replaced;
}

function scalarOf(text: string): unknown {
  if (/^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(text)) return Number(text);
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return text;
}

function explain(
  issue: Issue,
  { tree, locate }: YamlFile & { readonly tree: Tree },
  keysAt: (path: readonly PropertyKey[]) => readonly string[],
): readonly Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const parent = findNearest(tree, issue.path).tree;
    return issue.keys.map((key) => {
      const entry = parent.kind === 'map' ? parent.entries.get(key) : undefined;
      const message = `unknown key${suggestion(key, keysAt(issue.path))}`;
      return locate(entry?.keyOffset ?? parent.offset, [...issue.path, key], message);
    });
  }
  const place = findNearest(tree, issue.path);
  if (place.found && place.tree.kind === 'scalar' && place.tree.broken) return [];
  if (issue.code === 'invalid_key') {
    const key = String(issue.path.at(-1));
    const parent = findNearest(tree, issue.path.slice(0, -1)).tree;
    const entry = parent.kind === 'map' ? parent.entries.get(key) : undefined;
    return issue.issues.map(({ message }) => locate(entry?.keyOffset ?? place.offset, issue.path, message));
  }
  return [locate(place.offset, issue.path, messageOf(issue, place))];
}

/** Such as `, did you mean region?`, or nothing. */
function suggestion(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return meant === undefined ? '' : `, did you mean ${meant}?`;
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping of keys to values',
  record: 'a mapping of keys to values',
  array: 'a list',
};

/** In words that fit YAML, and without the value: it could be a secret. */
function messageOf(issue: Issue, { tree, found }: ReturnType<typeof findNearest>): string {
  switch (issue.code) {
    case 'invalid_type': {
      const empty = found && tree.kind === 'scalar' && tree.value === null;
      const isKey = typeof issue.path.at(-1) === 'string';
      if (empty && issue.path.length === 0) return 'the file is empty';
      return (!found || empty) && isKey
        ? 'is required'
        : `expected ${KINDS[issue.expected] ?? issue.expected}`;
    }
    case 'invalid_value':
      return `expected one of ${issue.values.join(', ')}${
        found && tree.kind === 'scalar' ? suggestion(tree.text, issue.values.map(String)) : ''
      }`;
    case 'too_small':
      if (issue.origin === 'string') return 'must not be empty';
      if (issue.origin === 'array') return 'must not be an empty list';
      return `must be ${issue.inclusive ? 'at least' : 'greater than'} ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}`;
    default:
      return issue.message;
  }
}
