import type { Config } from '../config/config.ts';
import { excerptOf } from '../config/excerpt.ts';
import { loadConfig } from '../config/load.ts';
import { checkFiles, checkFolders } from '../config/named-files.ts';
import type { ParseResult } from '../config/parse.ts';
import { formatProblem, type Problem } from '../config/problem.ts';
import { readText } from '../config/read-file.ts';
import { ConfigurationError } from './command-error.ts';
import type { Runtime } from './runtime.ts';

export type ConfigReading =
  | {
      readonly ok: true;
      readonly config: Config;
      /** What is doubtful, with its place and its excerpt. */
      readonly doubts: readonly string[];
    }
  /** Each problem is one line, which begins with its place; its excerpt shows that place. */
  | { readonly ok: false; readonly problems: readonly string[]; readonly excerpts: readonly string[] };

/** What a command goes on to do with a configuration: look at it, read from ModelArts, or write the event log too. */
type Purpose = 'look' | 'read' | 'run';

/** Reads a configuration file, and checks that what it names can be used here. */
export async function readConfig(
  file: string,
  { env }: Pick<Runtime, 'env'>,
  purpose: Purpose,
): Promise<ConfigReading> {
  const result = await loadConfig(file, env);
  const problems = result.ok ? await problemsHere(result, purpose) : result.problems;
  const text = await readText(file).catch(() => '');
  const excerpts = (found: readonly Problem[]) => found.map((problem) => excerptOf(text, problem) ?? '');
  if (!result.ok || problems.length > 0)
    return { ok: false, problems: problems.map(formatProblem), excerpts: excerpts(problems) };
  const { config, doubts } = result;
  const warnings = doubts.map((doubt) =>
    formatProblem({ ...doubt, path: '', message: `warning: ${doubt.message}` }),
  );
  return {
    ok: true,
    config,
    doubts: excerpts(doubts).flatMap((excerpt, index) => [warnings[index] ?? '', excerpt]),
  };
}

async function problemsHere(
  { namedFiles, missingCredentials }: Extract<ParseResult, { ok: true }>,
  purpose: Purpose,
): Promise<readonly Problem[]> {
  return [
    ...(purpose === 'look' ? [] : missingCredentials),
    ...(await checkFiles(namedFiles)),
    ...(purpose === 'run' ? await checkFolders(namedFiles) : []),
  ];
}

/**
 * The same for a command that cannot do without.
 * @throws ConfigurationError
 */
export async function requireConfig(
  file: string,
  runtime: Pick<Runtime, 'env'>,
  purpose: Purpose = 'read',
): Promise<Config> {
  const reading = await readConfig(file, runtime, purpose);
  if (!reading.ok) throw new ConfigurationError(reading.problems, 2);
  return reading.config;
}
