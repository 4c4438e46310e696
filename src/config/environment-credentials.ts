import type { Environment } from './environment.ts';
import { formatPath, type Problem } from './problem.ts';
import { type Locate, scalarsOf, type Tree } from './yaml-tree.ts';

const VARIABLES = ['HUAWEICLOUD_SDK_AK', 'HUAWEICLOUD_SDK_SK'];
const ASKS_FOR_THEM = /^projects\[\d+\]\.auth\.environment$/;

/** Of the variables that hold an access key and its secret key for the cloud's own SDKs too, those that are not set. */
export function missingVariables(env: Environment): readonly string[] {
  return VARIABLES.filter((name) => (env[name] ?? '') === '');
}

/** The places in a valid file where keys of the environment are asked for that it does not have. */
export function findMissingCredentials(tree: Tree, locate: Locate, env: Environment): readonly Problem[] {
  const missing = missingVariables(env);
  if (missing.length === 0) return [];
  const [are, variables] = missing.length === 1 ? ['is', 'variable'] : ['are', 'variables'];
  const message = `environment ${variables} ${missing.join(' and ')} ${are} not set`;
  return [...scalarsOf(tree)]
    .filter(({ path, scalar }) => scalar.value === true && ASKS_FOR_THEM.test(formatPath(path)))
    .map(({ path, scalar }) => locate(scalar.offset, path, message));
}
