import { z } from 'zod';
import { KIND_NAMES, KIND_TABLE, type KindName, perKind, rowOf } from '../kind-table.ts';
import type { CompleteFile, CompleteProject } from './complete.ts';
import { type CamelKeys, camelKeys } from './key-names.ts';
import { type ConfigFile, configSchema } from './schema.ts';
import { type SecretSource, sourceOf } from './secret-schema.ts';

// The configuration after loading: read-only, complete with defaults, durations in milliseconds. What its keys
// mean is told by the schema. Here is only what differs from the file.

type ProjectFile = ConfigFile['projects'][number];
type AlertmanagerFile = ConfigFile['alerting']['alertmanagers'][number];
type TlsFile = ConfigFile['api']['tls_config'];

export type { SecretSource };

export type TlsConfig = Partial<CamelKeys<TlsFile>> & { readonly insecureSkipVerify: boolean };

export type ApiConfig = CamelKeys<Omit<ConfigFile['api'], 'tls_config'>> & { readonly tls: TlsConfig };

export type AuthConfig =
  | { readonly kind: 'token'; readonly token: SecretSource }
  | {
      readonly kind: 'access_key';
      readonly accessKey: SecretSource;
      readonly secretKey: SecretSource;
      readonly securityToken?: SecretSource;
    }
  | {
      readonly kind: 'password';
      readonly username: SecretSource;
      readonly password: SecretSource;
      readonly domain: SecretSource;
    }
  | { readonly kind: 'ecs_metadata'; readonly endpoint: string }
  | { readonly kind: 'environment' };

/** A target that the user names. */
export interface ConfiguredTarget {
  readonly id: string;
  readonly name?: string;
  /** What is read beside, of what is read only where it is asked for. */
  readonly extras: readonly string[];
}

/** `status` is empty and `createdWithin` 0 also where the kind has no such key. */
export interface DiscoveryConfig extends Required<CamelKeys<ProjectFile['discovery']['services']>> {
  /** What is read beside of those that discovery finds. */
  readonly extras: readonly string[];
}

/** The keys of a project that have another shape than in the file. */
const RESHAPED = [
  ...(['project_id', 'api', 'auth', 'discovery'] as const),
  ...KIND_NAMES.map((kind) => KIND_TABLE[kind].section),
];
type Reshaped = (typeof RESHAPED)[number];

export interface ProjectConfig extends CamelKeys<Omit<ProjectFile, Reshaped>> {
  /** Left out: looked up in IAM by region. */
  readonly projectId?: string;
  readonly api: ApiConfig;
  readonly auth: AuthConfig;
  readonly targets: Readonly<Record<KindName, readonly ConfiguredTarget[]>>;
  readonly discovery: Readonly<Record<KindName, DiscoveryConfig>>;
}

export interface AlertmanagerConfig
  extends CamelKeys<
    Omit<AlertmanagerFile, 'basic_auth' | 'bearer_token' | 'bearer_token_file' | 'tls_config'>
  > {
  readonly basicAuth?: { readonly username: string; readonly password: SecretSource };
  readonly bearerToken?: SecretSource;
  readonly tls: TlsConfig;
}

export interface AlertingConfig extends CamelKeys<Omit<ConfigFile['alerting'], 'alertmanagers'>> {
  /** Empty: alerting is off. */
  readonly alertmanagers: readonly AlertmanagerConfig[];
}

/** How bad a problem is, as the `severity` label of its alert tells. */
export type Severity = AlertingConfig['minSeverity'];

export type LimitsConfig = Config['limits'];

export interface Config extends CamelKeys<Omit<ConfigFile, 'api' | 'projects' | 'alerting'>> {
  readonly projects: readonly ProjectConfig[];
  readonly alerting: AlertingConfig;
  /** The configuration under the key names of the file, for people to see: JSON-safe, every secret as `<secret>`. */
  readonly shown: () => Readonly<Record<string, unknown>>;
}

/** Makes the configuration of a complete file. */
export function configOf(file: CompleteFile): Config {
  const { projects, alerting } = file;
  return {
    ...camelKeys(omit(file, ['api', 'projects', 'alerting'])),
    projects: projects.map(projectOf),
    alerting: { ...camelKeys(alerting), alertmanagers: alerting.alertmanagers.map(alertmanagerOf) },
    // Encoding is reading backwards: it writes durations as text, and `<secret>` for a secret.
    shown: () => omit(z.encode(configSchema, file), ['api']),
  };
}

function projectOf(project: CompleteProject): ProjectConfig {
  const { project_id: projectId, api, auth, discovery } = project;
  const { tls_config, ...apiKeys } = api;
  return {
    ...camelKeys(omit(project, RESHAPED)),
    ...(projectId && { projectId }),
    api: { ...camelKeys(apiKeys), tls: tlsOf(tls_config) },
    auth: authOf(auth),
    targets: perKind((kind) => targetsOf(project, kind)),
    discovery: perKind((kind) => {
      const settings = discovery[KIND_TABLE[kind].section];
      return { status: [], createdWithin: 0, ...camelKeys(settings), extras: extrasOf(kind, settings) };
    }),
  };
}

function omit<T extends object, K extends keyof T>(value: T, keys: readonly K[]): Omit<T, K> {
  return Object.fromEntries(
    Object.entries(value).filter(([key]) => !keys.some((each) => each === key)),
  ) as Omit<T, K>;
}

function targetsOf(project: CompleteProject, kind: KindName): readonly ConfiguredTarget[] {
  const { section, keys } = KIND_TABLE[kind];
  return project[section].map((target) => {
    const { [keys.id]: id, [keys.name]: name } = target;
    return { id: String(id), ...(name ? { name: String(name) } : {}), extras: extrasOf(kind, target) };
  });
}

function extrasOf(kind: KindName, settings: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(rowOf(kind).extras ?? {}).filter((key) => settings[key] === true);
}

function tlsOf(tls: TlsFile): TlsConfig {
  const given = Object.entries(tls).filter(([, value]) => value !== '');
  return camelKeys(Object.fromEntries(given) as Partial<TlsFile> & Pick<TlsFile, 'insecure_skip_verify'>);
}

function authOf(auth: ProjectFile['auth']): AuthConfig {
  const token = sourceOf(auth, 'token');
  if (token) return { kind: 'token', token };

  const accessKey = sourceOf(auth, 'access_key');
  const secretKey = sourceOf(auth, 'secret_key');
  const securityToken = sourceOf(auth, 'security_token');
  if (accessKey && secretKey)
    return { kind: 'access_key', accessKey, secretKey, ...(securityToken && { securityToken }) };

  const username = sourceOf(auth, 'username');
  const password = sourceOf(auth, 'password');
  const domain = sourceOf(auth, 'domain');
  if (username && password && domain) return { kind: 'password', username, password, domain };

  const { ecs_metadata_endpoint: endpoint } = auth;
  return endpoint === undefined ? { kind: 'environment' } : { kind: 'ecs_metadata', endpoint };
}

function alertmanagerOf({
  basic_auth,
  tls_config,
  bearer_token,
  bearer_token_file,
  ...rest
}: AlertmanagerFile): AlertmanagerConfig {
  const password = basic_auth && sourceOf(basic_auth, 'password');
  const bearerToken = sourceOf({ bearer_token, bearer_token_file }, 'bearer_token');
  return {
    ...camelKeys(rest),
    ...(basic_auth && password && { basicAuth: { username: basic_auth.username, password } }),
    ...(bearerToken && { bearerToken }),
    tls: tlsOf(tls_config),
  };
}
