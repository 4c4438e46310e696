import type { Config } from '../config/config.ts';
import { excerptOf } from '../config/excerpt.ts';
import { loadConfig } from '../config/load.ts';
import { checkFiles } from '../config/named-files.ts';
import { formatProblem } from '../config/problem.ts';
import { readText } from '../config/read-file.ts';
import { ConfigurationError } from './command-error.ts';
import type { Runtime } from './runtime.ts';

export type ConfigReading =
  | { readonly ok: true; readonly config: Config }
  /** Each problem is one line, which begins with its place; its excerpt shows that place. */
  | { readonly ok: false; readonly problems: readonly string[]; readonly excerpts: readonly string[] };

/** Reads a configuration file, and checks that the files it names can be used. */
export async function readConfig(file: string, { env }: Pick<Runtime, 'env'>): Promise<ConfigReading> {
  const result = await loadConfig(file, env);
  const problems = result.ok ? await checkFiles(result.namedFiles) : result.problems;
  if (result.ok && problems.length === 0) return { ok: true, config: result.config };
  const text = await readText(file).catch(() => '');
  return {
    ok: false,
    problems: problems.map(formatProblem),
    excerpts: problems.map((problem) => excerptOf(text, problem) ?? ''),
  };
}

/**
 * The same for a command that cannot do without.
 * @throws ConfigurationError
 */
export async function requireConfig(file: string, runtime: Pick<Runtime, 'env'>): Promise<Config> {
  const reading = await readConfig(file, runtime);
  if (!reading.ok) throw new ConfigurationError(reading.problems, 2);
  return reading.config;
}
