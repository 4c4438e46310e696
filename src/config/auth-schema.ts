import { z } from 'zod';
import { onMappings } from './rules.ts';
import { httpUrl } from './scalars.ts';
import { rejectTwins, secretKeys } from './secret-schema.ts';

/** Each kind of credentials with the secrets it needs, and those it may have. */
const KINDS = {
  token: { needs: ['token'], may: [] },
  access_key: { needs: ['access_key', 'secret_key'], may: ['security_token'] },
  username: { needs: ['username', 'password', 'domain'], may: [] },
} as const;

/** How requests of a project are authenticated: exactly one kind. */
export const authSchema = z
  .strictObject({
    ...secretKeys('token', 'An IAM token, sent as it is.', 'IAM token'),
    ...secretKeys('access_key', 'Access key (AK); requests are signed with SDK-HMAC-SHA256.', 'access key'),
    ...secretKeys('secret_key', 'Secret key (SK) of the access key.', 'secret key'),
    ...secretKeys(
      'security_token',
      'Security token, where the access key is a temporary one.',
      'security token',
    ),
    ...secretKeys(
      'username',
      'IAM user; a token is fetched and renewed before it expires.',
      'name of the IAM user',
    ),
    ...secretKeys('password', 'Password of the IAM user.', 'password of the IAM user'),
    ...secretKeys('domain', 'Account (domain) that the IAM user belongs to.', 'account name'),
    ecs_metadata: z
      .boolean()
      .optional()
      .describe('Use the temporary keys of the agency of the ECS this runs on.'),
    ecs_metadata_endpoint: httpUrl()
      .optional()
      .describe('Address of the ECS metadata service; default http://169.254.169.254.'),
    environment: z
      .boolean()
      .optional()
      .describe('Use HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK and, where set, HUAWEICLOUD_SDK_SECURITY_TOKEN.'),
  })
  .superRefine((auth, context) => {
    const complain = (message: string, ...path: string[]) =>
      context.addIssue({ code: 'custom', path, message });
    const values: Readonly<Record<string, unknown>> = auth;
    const given = (name: string) => values[name] !== undefined || values[`${name}_file`] !== undefined;

    rejectTwins(values, context);
    const found: string[] = [];
    const missing: (readonly [message: string, name: string])[] = [];
    for (const [kind, { needs, may }] of Object.entries(KINDS)) {
      const names = [...needs, ...may];
      if (!names.some(given)) continue;
      found.push(kind);
      for (const name of needs.filter((each) => !given(each)))
        missing.push([`is required, or ${name}_file, with ${names.filter(given).join(' and ')}`, name]);
    }
    if (values['ecs_metadata'] === true) found.push('ecs_metadata');
    else if (given('ecs_metadata_endpoint'))
      complain('is only for ecs_metadata: true', 'ecs_metadata_endpoint');
    if (values['environment'] === true) found.push('environment');

    // Of two kinds one is to go, and nothing of it is missing.
    if (found.length === 1) for (const each of missing) complain(...each);
    if (found.length === 1) return;
    const all =
      'token, access_key with secret_key, username with password and domain, ecs_metadata, or environment';
    complain(
      found.length === 0
        ? `needs one of ${all}`
        : `allows one kind of credentials, not ${found.join(' and ')}`,
    );
  }, onMappings)
  .describe('Exactly one kind of credentials. Each secret may be given in a file instead: NAME_file.');
