import { loadConfig } from '../config/load.ts';
import { checkFiles } from '../config/named-files.ts';
import { formatProblem } from '../config/problem.ts';
import type { Runtime } from './runtime.ts';

/** Tells every problem of every file, on a line each. */
export async function checkConfig(files: readonly string[], runtime: Runtime): Promise<number> {
  let failed = false;
  for (const file of files) {
    const result = await loadConfig(file, runtime.env);
    const problems = result.ok ? await checkFiles(result.namedFiles) : result.problems;
    for (const problem of problems) runtime.stdout.write(`${formatProblem(problem)}\n`);
    if (problems.length === 0) runtime.stdout.write(`${file}: valid\n`);
    failed ||= problems.length > 0;
  }
  return failed ? 1 : 0;
}
