/** A deployment of a version that came to its end, as its status showed; Unix milliseconds. */
export interface EndedDeployment {
  readonly at: number;
  readonly result: 'success' | 'fail';
}

const UNDER_WAY = ['init', 'deploying', 'upgrading'];
const RESULTS: ReadonlyMap<string, EndedDeployment['result']> = new Map([
  ['running', 'success'],
  ['concerning', 'fail'],
  ['failed', 'fail'],
  ['error', 'fail'],
]);
const ENDED_MAX = 20;

/**
 * Notes a deployment that ends with a change of status. The API has no record of deployments: one is under way while
 * the status says so, and what the status is afterwards is its result. One that is stopped or deleted has none.
 * @returns the newest last
 */
export function withEnd(
  ended: readonly EndedDeployment[],
  from: string | undefined,
  to: string,
  at: number,
): readonly EndedDeployment[] {
  const result = RESULTS.get(to);
  if (from === undefined || !UNDER_WAY.includes(from) || result === undefined) return ended;
  return [...ended, { at, result }].slice(-ENDED_MAX);
}
