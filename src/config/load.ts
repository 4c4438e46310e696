import { dirname, isAbsolute, resolve } from 'node:path';
import type { Environment } from './environment.ts';
import { type ParseResult, parseConfig } from './parse.ts';
import { readText } from './read-file.ts';

/** Reads a configuration file. Whatever is wrong is among the problems; it does not throw. */
export async function loadConfig(file: string, env: Environment): Promise<ParseResult> {
  let text: string;
  try {
    text = await readText(file);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const whole = isAbsolute(file) ? message : `${message}: ${resolve(file)}`;
    return { ok: false, problems: [{ file, line: 1, column: 1, path: '', message: whole }] };
  }
  return parseConfig(text, { file, env, directory: dirname(resolve(file)) });
}
