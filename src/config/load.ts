import { createReadStream } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Environment } from './environment.ts';
import { type FileReference, type ParseResult, parseConfig } from './parse.ts';
import type { Problem } from './problem.ts';
import { MAX_BYTES } from './yaml-tree.ts';

/** Reads a configuration file. Whatever is wrong is among the problems; it does not throw. */
export async function loadConfig(file: string, env: Environment): Promise<ParseResult> {
  const failed = (message: string): ParseResult => ({
    ok: false,
    problems: [{ file, line: 1, column: 1, path: '', message }],
  });
  const chunks: Buffer[] = [];
  try {
    // One byte more than is allowed is enough to tell, also of a file that never ends.
    for await (const chunk of createReadStream(file, { end: MAX_BYTES })) chunks.push(chunk);
  } catch (error) {
    return failed(`cannot be read: ${reasonOf(error)}`);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    return failed('the file is not UTF-8 text');
  }
  return parseConfig(text, { file, env, directory: dirname(resolve(file)) });
}

/** The problems of the secret and TLS files that cannot be read. */
export async function checkFiles(references: readonly FileReference[]): Promise<readonly Problem[]> {
  const problems = await Promise.all(
    references.map(async ({ file, problem }) => {
      try {
        await access(file, constants.R_OK);
        return (await stat(file)).isDirectory() ? [problem('cannot be read: it is a directory')] : [];
      } catch (error) {
        return [problem(`cannot be read: ${reasonOf(error)}`)];
      }
    }),
  );
  return problems.flat();
}

/** Without the file name, which may come from the environment: `no such file or directory`. */
function reasonOf(error: unknown): string {
  const match = error instanceof Error ? /^E[A-Z]+: ([^,]+),/.exec(error.message) : null;
  return match?.[1] ?? 'unknown error';
}
