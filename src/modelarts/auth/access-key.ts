import type { AuthConfig } from '../../config/config.ts';
import type { Environment } from '../../config/environment.ts';
import { missingVariables } from '../../config/environment-credentials.ts';
import { headerSafe, secretReader } from '../../http/secret.ts';
import { ApiError } from '../errors.ts';
import { type Authenticator, type Credential, fingerprint } from './credential.ts';
import { authorization, sdkDate } from './signer.ts';

/** A key pair that signs requests; temporary ones come with a security token. */
export interface AccessKey {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken: string | undefined;
}

export function accessKeyAuthenticator(
  config: Extract<AuthConfig, { kind: 'access_key' }>,
  clock: () => number,
): Authenticator {
  const readAccessKey = secretReader('access_key', config.accessKey);
  const readSecretKey = secretReader('secret_key', config.secretKey);
  const readToken =
    config.securityToken === undefined ? undefined : secretReader('security_token', config.securityToken);
  return {
    credential: async () =>
      keyCredential(
        {
          accessKey: await readAccessKey(),
          secretKey: await readSecretKey(),
          securityToken: await readToken?.(),
        },
        clock,
      ),
  };
}

/** The variables that the cloud's own SDKs read. */
export function environmentAuthenticator(env: Environment, clock: () => number): Authenticator {
  return {
    async credential() {
      const missing = missingVariables(env);
      if (missing.length > 0) throw new ApiError('auth', `environment: ${missing.join(' and ')} not set`);
      const { HUAWEICLOUD_SDK_AK: accessKey = '', HUAWEICLOUD_SDK_SK: secretKey = '' } = env;
      const securityToken = env['HUAWEICLOUD_SDK_SECURITY_TOKEN'] || undefined;
      return keyCredential({ accessKey, secretKey, securityToken }, clock);
    },
  };
}

/** @param id by default told by the key itself */
export function keyCredential(key: AccessKey, clock: () => number, id?: string): Credential {
  const accessKey = headerSafe('access_key', key.accessKey);
  const { secretKey } = key;
  const securityToken =
    key.securityToken === undefined ? undefined : headerSafe('security_token', key.securityToken);
  return {
    id: id ?? fingerprint('key', accessKey, secretKey, securityToken ?? ''),
    secrets: [accessKey, secretKey, ...(securityToken === undefined ? [] : [securityToken])],
    headers({ method, url, body, projectId }) {
      const headers = {
        host: url.host,
        'x-sdk-date': sdkDate(clock()),
        ...(projectId === undefined ? {} : { 'x-project-id': projectId }),
        ...(securityToken === undefined ? {} : { 'x-security-token': securityToken }),
      };
      return {
        ...headers,
        authorization: authorization({ method, url, headers, body }, accessKey, secretKey),
      };
    },
  };
}
