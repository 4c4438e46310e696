import { resolve } from 'node:path';
import { buildConfig } from './build.ts';
import type { Config } from './config.ts';
import type { Environment } from './environment.ts';
import type { Problem } from './problem.ts';
import { validate } from './validate.ts';
import { type Locate, readYaml, type Step, type Tree } from './yaml-tree.ts';

/** A file that the configuration names, and the problem it is when that file cannot be read. */
export interface FileReference {
  readonly file: string;
  readonly problem: (message: string) => Problem;
}

export type ParseResult =
  | { readonly ok: true; readonly config: Config; readonly references: readonly FileReference[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface ParseOptions {
  /** Name of the file, as problems show it. */
  readonly file: string;
  readonly env: Environment;
  /** What relative file names in the configuration start from. */
  readonly directory: string;
}

/** Reads a configuration from YAML text, or tells everything that is wrong with it, in the order of the file. */
export function parseConfig(text: string, { file, env, directory }: ParseOptions): ParseResult {
  const yaml = readYaml(text, file, env);
  const { tree, problems, locate } = yaml;
  if (!tree) return { ok: false, problems };
  const result = validate({ ...yaml, tree });
  if (!result.ok) return result;
  return {
    ok: true,
    config: buildConfig(result.value, directory),
    references: findReferences(tree, locate, directory, []),
  };
}

/** In a valid file the keys that end with `_file` are just those that name a file to read. */
function findReferences(
  tree: Tree,
  locate: Locate,
  directory: string,
  path: readonly Step[],
): readonly FileReference[] {
  if (tree.kind === 'list') {
    return tree.items.flatMap((item, i) => findReferences(item, locate, directory, [...path, i]));
  }
  if (tree.kind === 'scalar') {
    if (!String(path.at(-1)).endsWith('_file') || tree.text === '') return [];
    const problem = (message: string) => locate(tree.offset, path, message);
    return [{ file: resolve(directory, tree.text), problem }];
  }
  return [...tree.entries].flatMap(([key, { value }]) =>
    findReferences(value, locate, directory, [...path, key]),
  );
}
