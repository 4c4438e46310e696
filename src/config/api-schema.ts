import { z } from 'zod';
import { duration, filePath, LONGEST_TIMER, onMappings, optionalHttpUrl, whole } from './fields.ts';

const tlsKeys = z.strictObject({
  ca_file: filePath()
    .optional()
    .describe('PEM file of the certificate authorities to trust instead of the usual ones.'),
  cert_file: filePath().optional().describe('PEM file of the client certificate.'),
  key_file: filePath().optional().describe('PEM file of the key of the client certificate.'),
  server_name: z.string().optional().describe('Name to expect in the certificate of the server.'),
  insecure_skip_verify: z.boolean().optional().describe('Accept any certificate (default false). For tests.'),
});

type TlsKeys = z.output<typeof tlsKeys>;

/** Whether a client certificate comes without its key, or a key without its certificate. */
export function isHalfPair(tls: TlsKeys): boolean {
  return Boolean(tls.cert_file) !== Boolean(tls.key_file);
}

export const HALF_PAIR = 'cert_file and key_file go together';

/** TLS of a client. */
export const tlsSchema = tlsKeys
  .superRefine((tls, context) => {
    if (isHalfPair(tls)) context.addIssue(HALF_PAIR);
  }, onMappings)
  .describe('TLS towards the server.');

const fields = {
  timeout: duration({ max: LONGEST_TIMER }).describe('How long one request may take.'),
  retries: whole(0, 10).describe(
    'How often a request is tried again after 429, 5xx and network errors, but not after its own `timeout`; Retry-After is honoured.',
  ),
  concurrency: whole(1, 1000).describe('Requests in flight at one time.'),
  rate_limit: z.number().gt(0).max(10_000).describe('Requests per second; may be a fraction.'),
  language: z
    .enum(['en-us', 'zh-cn'])
    .describe(
      'Language of the texts of training job events. Exit codes of workers are read from the English text, so with zh-cn they may be absent.',
    ),
  proxy_url: optionalHttpUrl({ credentials: true }).describe(
    'HTTP proxy; empty: HTTPS_PROXY, HTTP_PROXY and NO_PROXY of the environment decide.',
  ),
};

/** How the ModelArts API is called: what holds for every project. */
export const apiSchema = z
  .strictObject({
    timeout: fields.timeout.prefault('10s'),
    retries: fields.retries.default(2),
    concurrency: fields.concurrency.default(16),
    rate_limit: fields.rate_limit.default(20),
    language: fields.language.default('en-us'),
    proxy_url: fields.proxy_url.prefault(''),
    tls_config: tlsSchema.prefault({}),
  })
  .describe('How the API is called. These are the defaults of every project.');

/** What one project has otherwise. Client certificate and key are looked at together with the defaults. */
export const apiOverrideSchema = z
  .strictObject({ ...fields, tls_config: tlsKeys.describe('TLS towards the server.') })
  .partial()
  .describe('What this project has otherwise than the top-level api; any of its keys.');
