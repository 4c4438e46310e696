import { readConfig } from './read-config.ts';
import type { Runtime } from './runtime.ts';

/** Prints every problem of every file, on a line each with its place in the file below, and what is doubtful. */
export async function checkConfig(files: readonly string[], runtime: Runtime): Promise<number> {
  let failed = false;
  for (const file of files) {
    const reading = await readConfig(file, runtime, 'look');
    const lines = reading.ok
      ? [`${file}: valid`, ...reading.doubts]
      : reading.problems.flatMap((problem, index) => [problem, reading.excerpts[index] ?? '']);
    for (const line of lines) if (line !== '') runtime.stdout.write(`${line}\n`);
    failed ||= !reading.ok;
  }
  return failed ? 1 : 0;
}
