import type { Config } from '../src/config/config.ts';
import { parseConfig } from '../src/config/parse.ts';
import { formatProblem } from '../src/config/problem.ts';
import { DEFAULT_TOKEN } from '../src/simulator/access/credentials.ts';

export const PROJECT = '0123456789abcdef0123456789abcdef';
export const SERVICE = '11111111-2222-4333-8444-555555555555';
export const JOB = '66666666-7777-4888-9999-000000000000';
export const POOL = 'pool-6f5da086876d4cd084d36f8bd3346036';

/** The project `prod` of a configuration file, at a simulator. */
export function prodAt(url: string): Readonly<Record<string, unknown>> {
  return {
    name: 'prod',
    region: 'cn-north-4',
    project_id: PROJECT,
    endpoint: url,
    iam_endpoint: url,
    auth: { token: DEFAULT_TOKEN },
  };
}

/**
 * Reads a configuration file that is given as an object.
 * @throws with its problems
 */
export function configOf(file: object): Config {
  // Every JSON text is YAML too.
  const parsed = parseConfig(JSON.stringify(file), { file: 'test', env: {}, directory: '.' });
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return parsed.config;
}
