import type { SecretSource } from '../../config/config.ts';
import { headerSafe, secretReader } from '../../http/secret.ts';
import { type Authenticator, type Credential, fingerprint } from './credential.ts';

/** An IAM token that somebody else obtains and renews. */
export function tokenAuthenticator(source: SecretSource): Authenticator {
  const read = secretReader('token', source);
  return {
    async credential() {
      const token = headerSafe('token', await read());
      return tokenCredential(fingerprint('token', token), token);
    },
  };
}

export function tokenCredential(id: string, token: string, projectId?: string): Credential {
  return {
    id,
    secrets: [token],
    ...(projectId === undefined ? {} : { projectId }),
    headers: () => ({ 'x-auth-token': token }),
  };
}
