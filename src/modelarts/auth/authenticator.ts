import type { AuthConfig } from '../../config/config.ts';
import type { Environment } from '../proxy.ts';
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
