import type { ProjectConfig, SecretSource } from '../../config/config.ts';
import { headerSafe, secretReader } from '../../http/secret.ts';
import type { Timers } from '../../timers.ts';
import type { Breakers, Sender } from '../breaker.ts';
import { ApiError } from '../errors.ts';
import type { Exchange } from '../http-exchange.ts';
import { at, parseBody } from '../parse-body.ts';
import { endpointUrl } from '../url.ts';
import { type Authenticator, type Credential, fingerprint } from './credential.ts';
import { createRenewed, type Expiring, lifetimeOf, type Renewed } from './renewal.ts';
import { tokenCredential } from './token.ts';

export interface PasswordOptions {
  readonly username: SecretSource;
  readonly password: SecretSource;
  readonly domain: SecretSource;
  readonly project: Pick<ProjectConfig, 'iamEndpoint' | 'region' | 'projectId'>;
  readonly exchange: Exchange;
  readonly breakers: Breakers;
  readonly sender: Sender;
  readonly retry: <T>(attempt: () => Promise<T>) => Promise<T>;
  readonly clock: () => number;
  readonly timers: Timers;
}

interface Account {
  readonly name: string;
  readonly password: string;
  readonly domain: string;
}

/** Tokens live for a day; one that lives shorter is renewed at half its life. */
const RENEW_BEFORE = 30 * 60_000;

/** An IAM user, whose token is obtained by POST /v3/auth/tokens. */
export function passwordAuthenticator(options: PasswordOptions): Authenticator {
  const readName = secretReader('username', options.username);
  const readPassword = secretReader('password', options.password);
  const readDomain = secretReader('domain', options.domain);
  let current: { readonly id: string; readonly token: Renewed<Credential> } | undefined;

  async function token(): Promise<Renewed<Credential>> {
    const account = { name: await readName(), password: await readPassword(), domain: await readDomain() };
    const id = fingerprint('iam', options.project.iamEndpoint, ...Object.values(account));
    if (current?.id !== id) {
      const obtain = () =>
        options.retry(() =>
          options.breakers.run(id, options.sender, () => requestToken(account, id, options)),
        );
      current = { id, token: createRenewed(obtain, RENEW_BEFORE, options.timers) };
    }
    return current.token;
  }

  return {
    credential: async () => (await token()).get(),
    renew: async (rejected) => (await token()).renew(rejected),
  };
}

async function requestToken(
  account: Account,
  accountId: string,
  { project, exchange, clock }: PasswordOptions,
): Promise<Expiring<Credential>> {
  const scope = project.projectId === undefined ? { name: project.region } : { id: project.projectId };
  const { name, password, domain } = account;
  const answer = await exchange({
    operation: 'iam_token',
    method: 'POST',
    url: endpointUrl(project.iamEndpoint, '/v3/auth/tokens', { nocatalog: true }),
    headers: {},
    body: JSON.stringify({
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name, password, domain: { name: domain } } },
        },
        scope: { project: scope },
      },
    }),
    secrets: [password],
  });
  const token = answer.headers['x-subject-token'];
  if (typeof token !== 'string' || token === '') {
    throw new ApiError('malformed', 'iam_token: no X-Subject-Token in the answer', { status: answer.status });
  }
  const details = at(parseBody('iam_token', answer), 'token');
  const projectId = at(details, 'project', 'id');
  // The key is the account and scope, not the token: a renewed one is not a new chance for a rejected account.
  const id = fingerprint('iam token', accountId, JSON.stringify(scope));
  return {
    value: tokenCredential(
      id,
      headerSafe('iam_token', token),
      typeof projectId === 'string' ? projectId : undefined,
    ),
    lifetime: lifetimeOf(at(details, 'expires_at'), answer, clock),
  };
}
