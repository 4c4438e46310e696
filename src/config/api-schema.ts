import { z } from 'zod';
import { onMappings } from './rules.ts';
import { duration, filePath, httpUrl, TIMER_MAX, whole } from './scalars.ts';

const tlsKeys = {
  ca_file: filePath()
    .describe('PEM file of the certificate authorities to trust instead of the usual ones.')
    .default(''),
  cert_file: filePath().describe('PEM file of the client certificate.').default(''),
  key_file: filePath().describe('PEM file of the key of the client certificate.').default(''),
  server_name: z.string().describe('Name to expect in the certificate of the server.').default(''),
  insecure_skip_verify: z.boolean().describe('Accept any certificate. For tests.').default(false),
};

/** Whether a client certificate comes without its key, or a key without its certificate. */
export function isHalfPair(tls: { readonly cert_file?: string; readonly key_file?: string }): boolean {
  return Boolean(tls.cert_file) !== Boolean(tls.key_file);
}

export const HALF_PAIR = 'cert_file and key_file go together';
const TLS = 'TLS towards the server.';

/** TLS of a client. */
export const tlsSchema = z
  .strictObject(tlsKeys)
  .superRefine((tls, context) => {
    if (isHalfPair(tls)) context.addIssue(HALF_PAIR);
  }, onMappings)
  .prefault({})
  .describe(TLS);

const apiKeys = {
  timeout: duration({ max: TIMER_MAX }).describe('How long one request may take.').prefault('10s'),
  retries: whole(0, 10)
    .describe(
      'How often a request is tried again after 429, 5xx and network errors, but not after its own `timeout`; Retry-After is honoured.',
    )
    .default(2),
  concurrency: whole(1, 1000).describe('Requests in flight at one time.').default(16),
  rate_limit: z
    .number()
    .gt(0)
    .max(10_000)
    .describe(
      'Requests per second at most; may be a fraction. A lower quota is learnt from what the API refuses.',
    )
    .default(20),
  language: z
    .enum(['en-us', 'zh-cn'])
    .describe(
      'Language of the texts of training job events. Exit codes of workers are read from the English text, so with zh-cn they may be absent.',
    )
    .default('en-us'),
  proxy_url: httpUrl({ credentials: true, optional: true })
    .describe('HTTP proxy; empty: HTTPS_PROXY, HTTP_PROXY and NO_PROXY of the environment decide.')
    .prefault(''),
};

/** How the ModelArts API is called: what holds for every project. */
export const apiSchema = z
  .strictObject({ ...apiKeys, tls_config: tlsSchema })
  .prefault({})
  .describe('How the API is called. These are the defaults of every project.');

/** What one project has otherwise. Client certificate and key are looked at together with the defaults. */
export const apiOverrideSchema = z
  .strictObject({
    ...withoutDefaults(apiKeys),
    tls_config: z.strictObject(withoutDefaults(tlsKeys)).describe(TLS).exactOptional(),
  })
  .prefault({})
  .describe('What this project has otherwise than the top-level api; any of its keys.');

/** The same keys, each of which may be left out. */
function withoutDefaults<S extends Readonly<Record<string, z.ZodDefault | z.ZodPrefault>>>(keys: S) {
  const entries = Object.entries(keys).map(([key, schema]) => [key, z.exactOptional(schema.unwrap())]);
  return Object.fromEntries(entries) as {
    -readonly [K in keyof S]: z.ZodExactOptional<S[K]['def']['innerType']>;
  };
}
