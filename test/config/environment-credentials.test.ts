import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { formatProblem } from '../../src/config/problem.ts';

const AK = 'HUAWEICLOUD_SDK_AK';
const SK = 'HUAWEICLOUD_SDK_SK';
const CONFIG = `projects:
  - { name: other, region: cn-north-4, auth: { token: t } }
  - name: prod
    region: cn-north-4
    auth: { environment: true }
`;

test.each([
  { env: {}, problem: `environment variables ${AK} and ${SK} are not set` },
  { env: { [AK]: 'a', [SK]: '' }, problem: `environment variable ${SK} is not set` },
  { env: { [SK]: 's' }, problem: `environment variable ${AK} is not set` },
  { env: { [AK]: 'a', [SK]: 's' }, problem: undefined },
])('keys that are to come from the environment are missing in $env: $problem', ({ env, problem }) => {
  const missing = (text: string) => {
    const parsed = parseConfig(text, { file: 'f', env, directory: '.' });
    return parsed.ok ? parsed.missingCredentials.map(formatProblem) : parsed.problems.map(formatProblem);
  };
  const place = 'f:5:26: projects[1].auth.environment';
  expect(missing(CONFIG)).toEqual(problem === undefined ? [] : [`${place}: ${problem}`]);
  expect(missing(CONFIG.replace('environment: true', 'token: t, environment: false'))).toEqual([]);
});
