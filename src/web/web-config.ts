import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { type Document, isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import {
  type ClientAuth,
  CURVES,
  TLS12_SUITES,
  TLS13_SUITES,
  type TlsServerConfig,
  UNSUPPORTED,
  webConfigFile,
} from './web-config-schema.ts';

/** How the web is served: the file with its certificates read in. */
export interface WebConfig {
  /** Without it, plain HTTP. */
  readonly tls: { readonly clientAuth: ClientAuth; readonly context: SecureContextOptions } | undefined;
  /** Set on every answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** bcrypt hashes by user; empty: everybody is let in. */
  readonly users: ReadonlyMap<string, string>;
}

/** A web configuration that can't be used. Each problem is one line with file, line and column. */
export class WebConfigError extends Error {
  override readonly name = 'WebConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/**
 * Reads a file in the format of Prometheus's exporter-toolkit, with the certificates that it names.
 * @throws WebConfigError
 */
export async function loadWebConfig(path: string): Promise<WebConfig> {
  const lines = new LineCounter();
  const document = parseDocument(await read(path, path), { lineCounter: lines, prettyErrors: false });
  const at = (offset: number, problem: string) => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}: ${problem}`;
  };
  if (document.errors.length > 0) {
    throw new WebConfigError(document.errors.map(({ pos, message }) => at(pos[0], message)));
  }
  let content: unknown;
  try {
    content = document.toJS() ?? {};
  } catch {
    throw new WebConfigError([at(0, 'too many aliases')]);
  }
  const parsed = webConfigFile.safeParse(content);
  if (!parsed.success) {
    throw new WebConfigError(
      parsed.error.issues
        .flatMap(problemsOf)
        .map(([keys, problem]) =>
          at(offsetOf(document, keys), keys.length === 0 ? problem : `${keys.join('.')}: ${problem}`),
        ),
    );
  }
  const { tls_server_config: tls, http_server_config, basic_auth_users } = parsed.data;
  return {
    tls:
      tls === undefined ? undefined : { clientAuth: tls.client_auth_type, context: await context(path, tls) },
    headers: Object.fromEntries(
      Object.entries(http_server_config.headers).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      ),
    ),
    users: new Map(Object.entries(basic_auth_users)),
  };
}

async function context(path: string, tls: TlsServerConfig): Promise<SecureContextOptions> {
  const near = (file: string) => read(path, resolve(dirname(path), file));
  const tls12 = tls.cipher_suites?.flatMap((name) => (name in TLS12_SUITES ? [suiteOf(name)] : []));
  const options: SecureContextOptions = {
    cert: await near(tls.cert_file),
    key: await near(tls.key_file),
    ...(tls.client_ca_file === undefined ? {} : { ca: await near(tls.client_ca_file) }),
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
    throw new WebConfigError([
      `${path}: tls_server_config: unusable certificate or key (${reasonOf(error)})`,
    ]);
  }
  return options;
}

function suiteOf(name: string): string {
  return TLS12_SUITES[name as keyof typeof TLS12_SUITES];
}

async function read(config: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const where = config === file ? config : `${config}: ${file}`;
    throw new WebConfigError([`${where}: cannot be read (${reasonOf(error)})`]);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

type Keys = readonly PropertyKey[];

function problemsOf(issue: z.core.$ZodIssue): (readonly [Keys, string])[] {
  if (issue.code !== 'unrecognized_keys') return [[issue.path, issue.message]];
  return issue.keys.map((key) => [[...issue.path, key], UNSUPPORTED[key] ?? 'unknown key']);
}

/** Where the key stands, or the nearest one around it that the file has. */
function offsetOf(document: Document, keys: Keys): number {
  for (let length = keys.length; length > 0; length -= 1) {
    const parent = length === 1 ? document.contents : document.getIn(keys.slice(0, length - 1), true);
    if (!isMap(parent)) continue;
    const pair = parent.items.find(({ key }) => isScalar(key) && key.value === keys[length - 1]);
    if (isScalar(pair?.key)) return pair.key.range?.[0] ?? 0;
  }
  return 0;
}
