import { z } from 'zod';
import { filePath, httpUrl, onMappings, secret } from './fields.ts';

/** Each kind of credentials with the secrets it needs, and those it may have. */
const KINDS = {
  token: { needs: ['token'], may: [] },
  access_key: { needs: ['access_key', 'secret_key'], may: ['security_token'] },
  username: { needs: ['username', 'password', 'domain'], may: [] },
} as const;

const file = (what: string) =>
  filePath().min(1).optional().describe(`File that holds the ${what}; read again when it changes.`);

/** How requests of a project are authenticated: exactly one kind. */
export const authSchema = z
  .strictObject({
    token: secret().optional().describe('An IAM token, sent as it is.'),
    token_file: file('IAM token'),
    access_key: secret().optional().describe('Access key (AK); requests are signed with SDK-HMAC-SHA256.'),
    access_key_file: file('access key'),
    secret_key: secret().optional().describe('Secret key (SK) of the access key.'),
    secret_key_file: file('secret key'),
    security_token: secret().optional().describe('Security token, where the access key is a temporary one.'),
    security_token_file: file('security token'),
    username: secret().optional().describe('IAM user; a token is fetched and renewed before it expires.'),
    username_file: file('name of the IAM user'),
    password: secret().optional().describe('Password of the IAM user.'),
    password_file: file('password of the IAM user'),
    domain: secret().optional().describe('Account (domain) that the IAM user belongs to.'),
    domain_file: file('account name'),
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

    const found: string[] = [];
    for (const [kind, { needs, may }] of Object.entries(KINDS)) {
      const names = [...needs, ...may];
      for (const name of names) rejectTwins(values, name, complain);
      if (!names.some(given)) continue;
      found.push(kind);
      const missing = needs.filter((name) => !given(name));
      for (const name of missing)
        complain(`is required, or ${name}_file, with ${names.filter(given).join(' and ')}`, name);
    }
    if (values['ecs_metadata'] === true) found.push('ecs_metadata');
    else if (given('ecs_metadata_endpoint'))
      complain('is only for ecs_metadata: true', 'ecs_metadata_endpoint');
    if (values['environment'] === true) found.push('environment');

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

/** A secret is given itself or by file. */
export function rejectTwins(
  values: Readonly<Record<string, unknown>>,
  name: string,
  complain: (message: string, path: string) => void,
): void {
  if (values[name] === undefined || values[`${name}_file`] === undefined) return;
  complain(`give either ${name} or ${name}_file, not both`, `${name}_file`);
}
