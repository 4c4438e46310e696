import type { SecretSource } from '../../config/config.ts';
import { headerSafe, secretReader } from '../../http/secret.ts';
import type { Exchange } from '../http-exchange.ts';
import { endpointUrl } from '../url.ts';
import { type Authenticator, type Credential, fingerprint } from './credential.ts';

/** An IAM token that somebody else obtains and renews. */
export function tokenAuthenticator(source: SecretSource): Authenticator {
  const read = secretReader('token', source);
  let current: Credential | undefined;
  return {
    async credential() {
      const token = headerSafe('token', await read());
      if (current?.secrets[0] !== token) current = tokenCredential(fingerprint('token', token), token);
      return current;
    },
  };
}

export function tokenCredential(id: string, token: string, projectId?: string): Credential {
  return {
    id,
    secrets: [token],
    projectId,
    headers: () => ({ 'x-auth-token': token }),
  };
}

/**
 * Shows a token to IAM, whose answer has the same form as when it is issued and so tells when it ends ("Verifying a Token").
 * @throws ApiError
 */
export async function verifyToken(
  iamEndpoint: string,
  { headers, secrets }: Credential,
  exchange: Exchange,
): Promise<void> {
  const url = endpointUrl(iamEndpoint, '/v3/auth/tokens', { nocatalog: true });
  const own = headers({ method: 'GET', url, body: '' });
  const subject = { 'x-subject-token': own['x-auth-token'] ?? '' };
  await exchange({ operation: 'iam_token', method: 'GET', url, headers: { ...own, ...subject }, secrets });
}
