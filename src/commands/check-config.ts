import { readConfig } from './read-config.ts';
import type { Runtime } from './runtime.ts';

/** Prints every problem of every file, on a line each. */
export async function checkConfig(files: readonly string[], runtime: Runtime): Promise<number> {
  let failed = false;
  for (const file of files) {
    const reading = await readConfig(file, runtime);
    const lines = reading.ok ? [`${file}: valid`] : reading.problems;
    for (const line of lines) runtime.stdout.write(`${line}\n`);
    failed ||= !reading.ok;
  }
  return failed ? 1 : 0;
}
