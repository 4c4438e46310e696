import { z } from 'zod';
import { duration, filePath, whole } from '../../config/scalars.ts';

/** What is asked of clients as to certificates, in the words of Go's crypto/tls. */
export const CLIENT_AUTH = [
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
] as const;
export type ClientAuth = (typeof CLIENT_AUTH)[number];

/** The TLS 1.2 suites of the format, with their names in OpenSSL. As in Go, the suites of TLS 1.3 are always on. */
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

const file = filePath().min(1).optional();
const pem = z.string().min(1).optional();
const version = z.enum(['TLS12', 'TLS13']);

function names<K extends string>(known: readonly K[]) {
  return z.array(z.enum(known)).min(1);
}

const tlsServerConfig = z
  .strictObject({
    cert: pem,
    cert_file: file,
    key: pem,
    key_file: file,
    client_auth_type: z.enum(CLIENT_AUTH).default('NoClientCert'),
    client_ca: pem,
    client_ca_file: file,
    client_allowed_sans: z.array(z.string().min(1)).min(1).optional(),
    // Node.js offers nothing older.
    min_version: version.default('TLS12'),
    max_version: version.default('TLS13'),
    cipher_suites: names([...keysOf(TLS12_SUITES), ...TLS13_SUITES]).optional(),
    prefer_server_cipher_suites: z.boolean().default(true),
    curve_preferences: names(keysOf(CURVES)).optional(),
  })
  .superRefine((tls, context) => {
    const complain = (key: keyof typeof tls, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message });
    for (const key of ['cert', 'key', 'client_ca'] as const) {
      const inFile = `${key}_file` as const;
      if (tls[key] !== undefined && tls[inFile] !== undefined) complain(key, `is given besides ${inFile}`);
    }
    if (tls.cert === undefined && tls.cert_file === undefined) complain('cert_file', 'is required, or cert');
    if (tls.key === undefined && tls.key_file === undefined) complain('key_file', 'is required, or key');
    const ca = (['client_ca', 'client_ca_file'] as const).find((key) => tls[key] !== undefined);
    if (ca === undefined && verifies(tls.client_auth_type)) {
      complain('client_auth_type', 'needs client_ca_file or client_ca');
    }
    if (ca !== undefined && tls.client_auth_type === 'NoClientCert') {
      complain(ca, 'needs a client_auth_type other than NoClientCert');
    }
    // A name in a certificate that nobody has verified proves nothing.
    if (tls.client_allowed_sans !== undefined && !verifies(tls.client_auth_type)) {
      complain(
        'client_allowed_sans',
        'needs client_auth_type VerifyClientCertIfGiven or RequireAndVerifyClientCert',
      );
    }
    if (tls.min_version > tls.max_version) complain('max_version', 'is lower than min_version');
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

const rateLimit = z
  .strictObject({ interval: duration({ zero: true }).default(0), burst: whole(0, 1_000_000).default(0) })
  .refine(({ interval, burst }) => interval === 0 || burst > 0, {
    path: ['burst'],
    error: 'must be at least 1, or nothing is ever answered',
  });

/** A user with an empty value is an error. If it counted as left out, as other keys do, a file could lose all its users. */
const bcryptHash = z.custom<string>(
  (value) => typeof value === 'string' && /^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z\d]{53}$/.test(value),
  'is no bcrypt hash',
);

/** The web configuration file of Prometheus's exporter-toolkit, without what is not supported. It may be empty. */
export const webConfigFile = z.preprocess(
  (content) => content ?? {},
  z.strictObject({
    tls_server_config: tlsServerConfig.optional(),
    http_server_config: httpServerConfig.default({ headers: {} }),
    rate_limit: rateLimit.optional(),
    basic_auth_users: z.record(z.string(), bcryptHash).default({}),
  }),
);

function verifies(type: ClientAuth): boolean {
  return type === 'VerifyClientCertIfGiven' || type === 'RequireAndVerifyClientCert';
}

function keysOf<K extends string>(table: Readonly<Record<K, string>>): K[] {
  return Object.keys(table) as K[];
}
