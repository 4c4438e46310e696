import { dirname, resolve } from 'node:path';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { formatProblem, type Problem } from '../../config/problem.ts';
import { readBounded, textOf } from '../../config/read-file.ts';
import { validate } from '../../config/validate.ts';
import { findNearest, readYaml } from '../../config/yaml-tree.ts';
import {
  type ClientAuth,
  CURVES,
  TLS12_SUITES,
  TLS13_SUITES,
  type TlsServerConfig,
  webConfigFile,
} from './config-schema.ts';
import type { RateLimit } from './rate-limiter.ts';

/** How the web is served: the web configuration file, with the certificates that it names. */
export interface WebConfig {
  /** Without it, plain HTTP. */
  readonly tls: ServerTls | undefined;
  /** Set on every answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** bcrypt hashes by user name. Without users everybody is let in. */
  readonly users: ReadonlyMap<string, string>;
  /** For all requests together. Without it there is no limit. */
  readonly rateLimit: RateLimit | undefined;
}

export interface ServerTls {
  readonly clientAuth: ClientAuth;
  /** A client needs a certificate with one of these names. Without this list any name will do. */
  readonly allowedNames: readonly string[] | undefined;
  readonly context: SecureContextOptions;
}

/** A web configuration that cannot be used. Each problem is one line with file, line and column. */
export class WebConfigError extends Error {
  override readonly name = 'WebConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly Problem[]) {
    const lines = problems.map(formatProblem);
    super(lines.join('\n'));
    this.problems = lines;
  }
}

type ReadFile = (path: string) => Promise<Buffer>;

/** Refuses the file for what stands under a path in it. */
type Refuse = (path: readonly string[], message: string) => never;

/**
 * Reads a file in the format of Prometheus's exporter-toolkit, with the certificates that it names.
 * @param read reads a file, for a caller that looks at what is read
 * @throws WebConfigError
 */
export async function loadWebConfig(file: string, read: ReadFile = readBounded): Promise<WebConfig> {
  const text = await read(file)
    .then(textOf)
    .catch((error: Error) => {
      throw new WebConfigError([{ file, line: 1, column: 1, path: '', message: error.message }]);
    });
  const { tree, problems, locate } = readYaml(text, file);
  if (tree === undefined) throw new WebConfigError(problems);
  const result = validate(webConfigFile, { tree, problems, locate });
  if (!result.ok) throw new WebConfigError(result.problems);
  const { tls_server_config: tls, http_server_config, rate_limit, basic_auth_users } = result.value;
  const refuse: Refuse = (path, message) => {
    throw new WebConfigError([locate(findNearest(tree, path).offset, path, message)]);
  };
  // JavaScript would drop a user of this name. If there were no other, the file would let everybody in.
  const dropped = ['basic_auth_users', '__proto__'];
  if (findNearest(tree, dropped).found) refuse(dropped, 'is no name of a user');
  return {
    tls:
      tls === undefined
        ? undefined
        : {
            clientAuth: tls.client_auth_type,
            allowedNames: tls.client_allowed_sans,
            context: await context(tls, dirname(file), read, refuse),
          },
    headers: Object.fromEntries(
      Object.entries(http_server_config.headers).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      ),
    ),
    users: new Map(Object.entries(basic_auth_users)),
    rateLimit: rate_limit === undefined || rate_limit.interval === 0 ? undefined : rate_limit,
  };
}

async function context(
  tls: TlsServerConfig,
  directory: string,
  read: ReadFile,
  refuse: Refuse,
): Promise<SecureContextOptions> {
  const pem = async (key: 'cert' | 'key' | 'client_ca') => {
    const file = tls[`${key}_file`];
    if (file === undefined) return tls[key];
    const content = await read(resolve(directory, file)).catch((error: Error) =>
      refuse(['tls_server_config', `${key}_file`], error.message),
    );
    return content.toString();
  };
  const tls12 = tls.cipher_suites?.flatMap((name) => (name in TLS12_SUITES ? [suiteOf(name)] : []));
  const options: SecureContextOptions = {
    cert: await pem('cert'),
    key: await pem('key'),
    ca: await pem('client_ca'),
    minVersion: tls.min_version === 'TLS12' ? 'TLSv1.2' : 'TLSv1.3',
    maxVersion: tls.max_version === 'TLS12' ? 'TLSv1.2' : 'TLSv1.3',
    honorCipherOrder: tls.prefer_server_cipher_suites,
    ...(tls12 === undefined || tls12.length === 0 ? {} : { ciphers: [...TLS13_SUITES, ...tls12].join(':') }),
    ...(tls.curve_preferences === undefined
      ? {}
      : { ecdhCurve: tls.curve_preferences.map((name) => CURVES[name]).join(':') }),
  };
  try {
    createSecureContext(options);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    refuse(['tls_server_config'], `unusable certificate or key (${reason})`);
  }
  return options;
}

function suiteOf(name: string): string {
  return TLS12_SUITES[name as keyof typeof TLS12_SUITES];
}
