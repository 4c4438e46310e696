import type { Timers } from '../../timers.ts';
import { ApiError } from '../errors.ts';
import type { Exchange } from '../http-exchange.ts';
import { at, parseBody } from '../parse-body.ts';
import { endpointUrl } from '../url.ts';
import { keyCredential } from './access-key.ts';
import { type Authenticator, type Credential, fingerprint } from './credential.ts';
import { createRenewed, type Expiring, lifetimeOf } from './renewal.ts';

export interface EcsMetadataOptions {
  readonly endpoint: string;
  /** Direct: no proxy reaches the metadata service. */
  readonly exchange: Exchange;
  readonly retry: <T>(attempt: () => Promise<T>) => Promise<T>;
  readonly clock: () => number;
  readonly timers: Timers;
}

/** The cloud replaces temporary keys before this, and its own SDKs renew them at this age. */
const RENEW_BEFORE = 40 * 60_000;

/** Answers of a metadata service that knows no tokens (v1). */
const WITHOUT_TOKENS: readonly (number | undefined)[] = [404, 405, 503];

/** The temporary keys of the agency of the ECS that the exporter runs on. */
export function ecsMetadataAuthenticator(options: EcsMetadataOptions): Authenticator {
  const obtain = () => options.retry(() => securityKey(options));
  const keys = createRenewed(obtain, RENEW_BEFORE, options.timers);
  return {
    credential: () => keys.get(),
    renew: (rejected) => keys.renew(rejected),
  };
}

async function securityKey(options: EcsMetadataOptions): Promise<Expiring<Credential>> {
  try {
    return await readSecurityKey(options, await metadataToken(options));
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    // No agency is no matter of the token.
    if (error.message.includes('Cloud Service Agency')) throw error;
    return readSecurityKey(options, await metadataToken(options));
  }
}

async function metadataToken({ endpoint, exchange }: EcsMetadataOptions): Promise<string | undefined> {
  try {
    const { text } = await exchange({
      operation: 'ecs_metadata',
      method: 'PUT',
      url: endpointUrl(endpoint, '/meta-data/latest/api/token'),
      headers: { 'x-metadata-token-ttl-seconds': '21600' },
      secrets: [],
    });
    return text.trim();
  } catch (error) {
    if (error instanceof ApiError && WITHOUT_TOKENS.includes(error.status)) return undefined;
    throw error;
  }
}

async function readSecurityKey(
  { endpoint, exchange, clock }: EcsMetadataOptions,
  token: string | undefined,
): Promise<Expiring<Credential>> {
  const answer = await exchange({
    operation: 'ecs_metadata',
    method: 'GET',
    url: endpointUrl(endpoint, '/openstack/latest/securitykey'),
    headers: token === undefined ? {} : { 'x-metadata-token': token },
    secrets: token === undefined ? [] : [token],
  });
  const key = at(parseBody('ecs_metadata', answer), 'credential');
  const [accessKey, secretKey, securityToken] = [
    at(key, 'access'),
    at(key, 'secret'),
    at(key, 'securitytoken'),
  ];
  if (typeof accessKey !== 'string' || typeof secretKey !== 'string' || typeof securityToken !== 'string') {
    throw new ApiError('malformed', 'ecs_metadata: the answer holds no access, secret and securitytoken', {
      status: answer.status,
    });
  }
  return {
    // The agency is the credential: its next keys are not a new chance for one that is rejected.
    value: keyCredential({ accessKey, secretKey, securityToken }, clock, fingerprint('ecs', endpoint)),
    lifetime: lifetimeOf(at(key, 'expires_at'), answer, clock),
  };
}
