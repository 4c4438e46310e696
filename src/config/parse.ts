import { adviceOn } from './advice.ts';
import { complete } from './complete.ts';
import { type Config, configOf } from './config.ts';
import type { Environment } from './environment.ts';
import { findMissingCredentials } from './environment-credentials.ts';
import { findNamedFiles, type NamedFile } from './named-files.ts';
import type { Problem } from './problem.ts';
import { configSchema } from './schema.ts';
import { validate } from './validate.ts';
import { findNearest, readYaml } from './yaml-tree.ts';

export type ParseResult =
  | {
      readonly ok: true;
      readonly config: Config;
      /** What is valid, but hardly what somebody wants. */
      readonly doubts: readonly Problem[];
      readonly namedFiles: readonly NamedFile[];
      /** Whatever lacks them can't read anything: the file is valid, and this environment lacks what it asks for. */
      readonly missingCredentials: readonly Problem[];
    }
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
  const result = validate(configSchema, { ...yaml, tree });
  if (!result.ok) return result;
  const config = configOf(complete(result.value, directory));
  return {
    ok: true,
    config,
    doubts: adviceOn(config).map(({ project, message, path }) =>
      locate(findNearest(tree, path).offset, path, `project ${project}: ${message}`),
    ),
    namedFiles: findNamedFiles(tree, locate, directory),
    missingCredentials: findMissingCredentials(tree, locate, env),
  };
}
