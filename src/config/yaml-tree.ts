import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { type Environment, expandEnvironment } from './environment.ts';
import { formatPath, inFileOrder, type Problem } from './problem.ts';

/** A YAML value that knows where it stands. Offsets count characters from the start of the file. */
export type Tree =
  | { readonly kind: 'map'; readonly offset: number; readonly entries: ReadonlyMap<string, Entry> }
  | { readonly kind: 'list'; readonly offset: number; readonly items: readonly Tree[] }
  | ScalarTree;

interface Entry {
  readonly keyOffset: number;
  readonly value: Tree;
}

interface ScalarTree {
  readonly kind: 'scalar';
  readonly offset: number;
  /** As YAML reads it, environment variables expanded. */
  readonly value: unknown;
  /** As written, environment variables expanded. */
  readonly text: string;
  /** An environment variable took part. */
  readonly expanded: boolean;
  /** Already reported: whatever else is wrong with the value follows from that. */
  readonly broken: boolean;
}

export type Step = string | number;

/** The scalars of a tree, with their paths. */
export function* scalarsOf(
  tree: Tree,
  path: readonly Step[] = [],
): Generator<{ readonly path: readonly Step[]; readonly scalar: ScalarTree }> {
  if (tree.kind === 'scalar') yield { path, scalar: tree };
  else if (tree.kind === 'list')
    for (const [index, item] of tree.items.entries()) yield* scalarsOf(item, [...path, index]);
  else for (const [key, { value }] of tree.entries) yield* scalarsOf(value, [...path, key]);
}

/** Makes a problem of an offset, a path and a message. */
export type Locate = (offset: number, path: readonly PropertyKey[], message: string) => Problem;

export interface YamlFile {
  /** Undefined where the text is not one YAML mapping, nor empty. */
  readonly tree: Tree | undefined;
  readonly problems: readonly Problem[];
  readonly locate: Locate;
}

/** Size of a configuration file. */
export const BYTES_MAX = 1 << 20;
/** Far above any real file, far below what aliases of aliases can grow to. */
const VALUES_MAX = 200_000;
const DEPTH_MAX = 100;

class TooBig extends Error {}

/**
 * Reads the text of a file as one YAML document. The tree of an empty one is an empty value.
 * @param env expands environment variables in string values; without it a `$` is nothing special
 */
export function readYaml(text: string, file: string, env?: Environment): YamlFile {
  const lineCounter = new LineCounter();
  const locate: Locate = (offset, path, message) => {
    const { line, col } = lineCounter.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), path: formatPath(path), message };
  };
  const failed = (offset: number, message: string): YamlFile => ({
    tree: undefined,
    problems: [locate(offset, [], message)],
    locate,
  });

  if (Buffer.byteLength(text) > BYTES_MAX) return failed(0, 'the file is larger than 1 MiB');
  // Duplicate keys are found below: the parser's own search takes quadratic time.
  const documents = parseAllDocuments(text, {
    lineCounter,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'silent',
  });
  const error = documents.flatMap((document) => document.errors)[0];
  if (error) {
    const [at] = error.pos;
    const hint =
      text.slice(at - 1, at + 1) === '${'
        ? ': a reference to the environment within braces needs quotes'
        : '';
    return failed(at, `${syntaxMessage(error.code, error.message)}${hint}`);
  }
  const [first, second] = documents;
  if (second) return failed(second.range[0], 'a second YAML document begins here: one is allowed');
  const content = first?.contents ?? null;
  const root = isScalar(content) && content.value === null ? null : content;
  if (root && !isMap(root))
    return failed(root.range?.[0] ?? 0, 'the top level must be a mapping of keys to values');

  const problems: Problem[] = [];
  try {
    const tree = growTree(root, env, (...problem) => problems.push(locate(...problem)));
    return { tree, problems: inFileOrder(problems), locate };
  } catch (error) {
    if (error instanceof TooBig) return failed(0, error.message);
    throw error;
  }
}

/** The parser quotes the text it stumbles over after a colon; that text may be part of a secret. */
function syntaxMessage(code: string, message: string): string {
  if (code === 'BAD_DQ_ESCAPE') return 'not valid YAML: invalid escape sequence in double quotes';
  const said = message.replace(/(?<=\S): .*$/s, '');
  return `not valid YAML: ${said.charAt(0).toLowerCase()}${said.slice(1)}`;
}

/**
 * The parser's own ways from nodes to values and places are of no use here: `getIn` does not follow aliases, and
 * `toJS` takes half a minute for the 60,000 aliases that a file of 1 MiB may have and makes an alias within its
 * own anchor an object without an end.
 */
function growTree(
  root: Node | null,
  env: Environment | undefined,
  report: (...problem: Parameters<Locate>) => void,
): Tree {
  const anchors = new Map<string, Node>();
  const open = new Set<Node>();
  let values = 0;

  function grow(node: Node | null, offset: number, path: readonly Step[]): Tree {
    values += 1;
    if (values > VALUES_MAX)
      throw new TooBig(`the file holds more than ${VALUES_MAX} values, aliases resolved`);
    if (path.length > DEPTH_MAX) throw new TooBig(`the file is nested deeper than ${DEPTH_MAX} levels`);
    const at = node?.range?.[0] ?? offset;
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target && !open.has(target)) return grow(target, at, path);
      const missing = 'no anchor of this name before this alias: a value that begins with * needs quotes';
      report(at, path, target ? 'an alias within its own anchor' : missing);
      return broken(at, '');
    }
    if (node && 'anchor' in node && node.anchor) anchors.set(node.anchor, node);
    if (isMap(node)) return growMap(node, at, path);
    if (isSeq(node)) return growList(node, at, path);
    return growScalar(isScalar(node) ? node : undefined, at, path);
  }

  function growMap(node: YAMLMap, offset: number, path: readonly Step[]): Tree {
    open.add(node);
    const entries = new Map<string, Entry>();
    for (const pair of node.items) {
      const keyNode = pair.key as Node | null;
      const keyOffset = keyNode?.range?.[0] ?? offset;
      if (!isScalar(keyNode)) {
        report(keyOffset, path, 'a key must be plain text');
        continue;
      }
      const key = keyNode.value === null ? '' : String(keyNode.value);
      const value = grow(pair.value as Node | null, keyOffset, [...path, key]);
      if (entries.has(key)) report(keyOffset, [...path, key], 'this key is already given above');
      else entries.set(key, { keyOffset, value });
    }
    open.delete(node);
    return { kind: 'map', offset, entries };
  }

  function growList(node: YAMLSeq, offset: number, path: readonly Step[]): Tree {
    open.add(node);
    const items = node.items.map((item, i) => grow(item as Node | null, offset, [...path, i]));
    open.delete(node);
    return { kind: 'list', offset, items };
  }

  function growScalar(node: Scalar | undefined, offset: number, path: readonly Step[]): Tree {
    const value = node?.value ?? null;
    if (typeof value !== 'string') {
      const text = node?.source ?? '';
      return { kind: 'scalar', offset, value, text, expanded: false, broken: false };
    }
    const expansion = env
      ? expandEnvironment(value, env)
      : ({ ok: true, text: value, expanded: false } as const);
    if (!expansion.ok) {
      report(offset, path, expansion.message);
      return broken(offset, value);
    }
    const { text, expanded } = expansion;
    return { kind: 'scalar', offset, value: text, text, expanded, broken: false };
  }

  return grow(root, 0, []);
}

function broken(offset: number, text: string): ScalarTree {
  return { kind: 'scalar', offset, value: text, text, expanded: false, broken: true };
}

/** What a path leads to, or else the last value on the way there. */
export function findNearest(
  tree: Tree,
  path: readonly PropertyKey[],
): { readonly offset: number; readonly tree: Tree; readonly found: boolean } {
  let nearest = tree;
  let offset = tree.offset;
  for (const step of path) {
    const entry = nearest.kind === 'map' ? nearest.entries.get(String(step)) : undefined;
    const next = nearest.kind === 'list' ? nearest.items[Number(step)] : entry?.value;
    if (!next) return { offset, tree: nearest, found: false };
    // An empty value has no place of its own that one could see.
    const empty = next.kind === 'scalar' && next.value === null;
    offset = empty && entry ? entry.keyOffset : next.offset;
    nearest = next;
  }
  return { offset, tree: nearest, found: true };
}

/** The tree as plain values; `replaced` gives some scalars another value, undefined leaves their key out. */
export function toPlain(tree: Tree, replaced: ReadonlyMap<Tree, unknown>): unknown {
  if (replaced.has(tree)) return replaced.get(tree);
  if (tree.kind === 'scalar') return tree.value;
  if (tree.kind === 'list') return tree.items.map((item) => toPlain(item, replaced));
  const plain: Record<string, unknown> = Object.create(null);
  for (const [key, entry] of tree.entries) {
    const value = toPlain(entry.value, replaced);
    if (value !== undefined) plain[key] = value;
  }
  return plain;
}
