import { execFileSync } from 'node:child_process';

/** Runs a program to its end and returns what it prints; what it complains of is shown. */
export function run(program, args, options = {}) {
  return execFileSync(program, args, { encoding: 'utf8', maxBuffer: 64_000_000, ...options });
}
