import type { AuthConfig } from '../../config/config.ts';
import type { Environment } from '../../config/environment.ts';
import { SecretError } from '../../http/secret.ts';
import { ApiError } from '../errors.ts';
import { accessKeyAuthenticator, environmentAuthenticator } from './access-key.ts';
import type { Authenticator } from './credential.ts';
import { type EcsMetadataOptions, ecsMetadataAuthenticator } from './ecs-metadata.ts';
import { type PasswordOptions, passwordAuthenticator } from './password.ts';
import { tokenAuthenticator } from './token.ts';

export interface AuthenticatorOptions
  extends Omit<PasswordOptions, 'username' | 'password' | 'domain'>,
    Omit<EcsMetadataOptions, 'endpoint' | 'exchange'> {
  /** Reaches the metadata service: direct, with a short timeout. */
  readonly metadataExchange: EcsMetadataOptions['exchange'];
  readonly env: Environment;
}

export function createAuthenticator(auth: AuthConfig, options: AuthenticatorOptions): Authenticator {
  const { credential, renew } = authenticatorOf(auth, options);
  return {
    credential: () => credential().catch(asApiError),
    ...(renew && { renew: (rejected) => renew(rejected).catch(asApiError) }),
  };
}

/** To the rest of the program an unusable secret is a failure of authentication. */
function asApiError(error: unknown): never {
  throw error instanceof SecretError ? new ApiError('auth', error.message) : error;
}

function authenticatorOf(auth: AuthConfig, options: AuthenticatorOptions): Authenticator {
  switch (auth.kind) {
    case 'token':
      return tokenAuthenticator(auth.token);
    case 'access_key':
      return accessKeyAuthenticator(auth, options.clock);
    case 'environment':
      return environmentAuthenticator(options.env, options.clock);
    case 'password':
      return passwordAuthenticator({ ...options, ...auth });
    case 'ecs_metadata':
      return ecsMetadataAuthenticator({
        ...options,
        endpoint: auth.endpoint,
        exchange: options.metadataExchange,
      });
    default:
      return auth satisfies never;
  }
}
