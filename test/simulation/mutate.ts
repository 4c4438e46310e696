import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MUTANTS, type Mutant } from './mutants.ts';

/** Beside the compiled program, so that packages are found. */
const COMPILED = resolve(import.meta.dirname, '../..');
const MUTATED = `${COMPILED}-mutant`;

const seeds = process.argv[2] ?? '1000';
const days = process.argv[3] ?? '0.5';
/** Only those faults of whose description it is a part. */
const part = process.argv[4] ?? '';

let missed = 0;
const mutants = MUTANTS.filter(({ what }) => what.includes(part));
for (const mutant of mutants) {
  const found = hunt(mutant);
  if (found === undefined) missed += 1;
  console.log(`${found === undefined ? 'NOT FOUND' : `seed ${found}`.padEnd(9)}  ${mutant.what}`);
}
rmSync(MUTATED, { recursive: true, force: true });
console.log(`${mutants.length - missed} of ${mutants.length} mutants are found within ${seeds} seeds`);
process.exitCode = missed === 0 ? 0 : 1;

/** The first seed whose story breaks a law with the mutant. */
function hunt({ file, from, to }: Mutant): string | undefined {
  rmSync(MUTATED, { recursive: true, force: true });
  cpSync(COMPILED, MUTATED, { recursive: true });
  const path = join(MUTATED, 'src', `${file}.js`);
  const text = readFileSync(path, 'utf8');
  if (text.split(from).length !== 2) throw new Error(`${file}: no single ${JSON.stringify(from)}`);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  const simulate = join(MUTATED, 'test/simulation/simulate.js');
  const args = [simulate, '--seeds', seeds, '--jobs', '1', '--days', days, '--first'];
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  // A mutant that ends the program is found, too.
  return /^seed (\d+): BROKEN/m.exec(stdout)?.[1] ?? (/all laws hold/.test(stdout) ? undefined : '1');
}
