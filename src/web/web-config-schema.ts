import { z } from 'zod';
import { filePath } from '../config/fields.ts';

/** Client certificates: what is asked of clients, in the words of Go's crypto/tls. */
export const CLIENT_AUTH = [
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
] as const;
export type ClientAuth = (typeof CLIENT_AUTH)[number];

/** TLS 1.2 suites by the names of the format, as OpenSSL calls them. Those of TLS 1.3 are always on, as in Go. */
export const TLS12_SUITES = {
  TLS_RSA_WITH_AES_128_CBC_SHA: 'AES128-SHA',
  TLS_RSA_WITH_AES_256_CBC_SHA: 'AES256-SHA',
  TLS_RSA_WITH_AES_128_GCM_SHA256: 'AES128-GCM-SHA256',
  TLS_RSA_WITH_AES_256_GCM_SHA384: 'AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: 'ECDHE-ECDSA-AES128-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: 'ECDHE-ECDSA-AES256-SHA',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: 'ECDHE-RSA-AES128-SHA',
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: 'ECDHE-RSA-AES256-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
} as const;
export const TLS13_SUITES = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
] as const;

export const CURVES = {
  CurveP256: 'P-256',
  CurveP384: 'P-384',
  CurveP521: 'P-521',
  X25519: 'X25519',
} as const;

/** A key of the format that is not offered, with the reason. */
function notOffered(reason: string) {
  return z
    .unknown()
    .refine((value) => value === undefined, reason)
    .optional();
}

const file = filePath().min(1);
const version = z.enum(['TLS12', 'TLS13']);

function names<K extends string>(known: readonly K[]) {
  return z.array(z.enum(known)).min(1);
}

const tlsServerConfig = z
  .strictObject({
    cert_file: file,
    key_file: file,
    client_auth_type: z.enum(CLIENT_AUTH).default('NoClientCert'),
    client_ca_file: file.optional(),
    // Node.js offers nothing older.
    min_version: version.default('TLS12'),
    max_version: version.default('TLS13'),
    cipher_suites: names([...keysOf(TLS12_SUITES), ...TLS13_SUITES]).optional(),
    prefer_server_cipher_suites: z.boolean().default(true),
    curve_preferences: names(keysOf(CURVES)).optional(),
    cert: notOffered('inline certificates are not supported, use cert_file'),
    key: notOffered('inline keys are not supported, use key_file'),
    client_ca: notOffered('inline certificates are not supported, use client_ca_file'),
    client_allowed_sans: notOffered('not supported by this exporter'),
  })
  .refine(({ min_version, max_version }) => min_version <= max_version, {
    path: ['max_version'],
    error: 'is lower than min_version',
  })
  .refine((tls) => tls.client_ca_file !== undefined || !verifies(tls.client_auth_type), {
    path: ['client_auth_type'],
    error: 'needs client_ca_file',
  })
  .refine((tls) => tls.client_ca_file === undefined || verifies(tls.client_auth_type), {
    path: ['client_ca_file'],
    error: 'needs client_auth_type VerifyClientCertIfGiven or RequireAndVerifyClientCert',
  });
export type TlsServerConfig = z.infer<typeof tlsServerConfig>;

const header = z
  .string()
  .regex(/^[\t -~]*$/, 'has characters that a header cannot carry')
  .optional();

const httpServerConfig = z.strictObject({
  http2: z
    .boolean()
    .refine((wanted) => !wanted, 'HTTP/2 is not offered; leave it out or set it to false')
    .optional(),
  headers: z
    .strictObject({
      'Content-Security-Policy': header,
      'Strict-Transport-Security': header,
      'X-Content-Type-Options': header,
      'X-Frame-Options': header,
      'X-XSS-Protection': header,
    })
    .default({}),
});

/** Unlike other keys a user with nothing behind it does not count as left out: without users everybody is let in. */
const bcryptHash = z.custom<string>(
  (value) => typeof value === 'string' && /^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z\d]{53}$/.test(value),
  'is no bcrypt hash',
);

/** The web configuration file of Prometheus's exporter-toolkit, as far as it is offered. It may be empty. */
export const webConfigFile = z.preprocess(
  (content) => content ?? {},
  z.strictObject({
    tls_server_config: tlsServerConfig.optional(),
    http_server_config: httpServerConfig.default({ headers: {} }),
    rate_limit: notOffered('not supported by this exporter'),
    basic_auth_users: z.record(z.string(), bcryptHash).default({}),
  }),
);

function verifies(type: ClientAuth): boolean {
  return type === 'VerifyClientCertIfGiven' || type === 'RequireAndVerifyClientCert';
}

function keysOf<K extends string>(table: Readonly<Record<K, string>>): K[] {
  return Object.keys(table) as K[];
}
