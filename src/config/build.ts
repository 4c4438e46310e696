import { resolve } from 'node:path';
import { KIND_TABLE, type KindName, perKind } from '../kind-table.ts';
import type {
  AlertmanagerConfig,
  ApiConfig,
  AuthConfig,
  Config,
  ListedTarget,
  ProjectConfig,
  SecretSource,
  TlsConfig,
} from './config.ts';
import type { ConfigFile } from './schema.ts';

const ECS_METADATA = 'http://169.254.169.254';

type ProjectFile = ConfigFile['projects'][number];
type ApiFile = ConfigFile['api'];

/** Makes the configuration of a valid file; `directory` is what relative file names start from. */
export function buildConfig(file: ConfigFile, directory: string): Config {
  const path = (name: string) => (name === '' ? '' : resolve(directory, name));
  const { collection, limits, alerting } = file;
  return {
    collection: {
      schedule: collection.schedule,
      minInterval: collection.min_interval,
      window: collection.window,
      lookback: collection.lookback,
      overlap: collection.overlap,
      timeoutOffset: collection.timeout_offset,
    },
    state: { file: path(file.state.file) },
    limits: {
      eventsPerPoll: limits.events_per_poll,
      poolReasons: limits.pool_reasons,
      workers: limits.workers,
      responseBytes: limits.response_bytes,
    },
    projects: file.projects.map((project) => buildProject(project, file.api, path)),
    alerting: {
      alertmanagers: alerting.alertmanagers.map((manager) => buildAlertmanager(manager, path)),
      interval: alerting.interval,
      resolveAfter: alerting.resolve_after,
      externalUrl: alerting.external_url,
      labels: alerting.labels,
      minSeverity: alerting.min_severity,
    },
    eventLog: file.event_log === 'stdout' ? 'stdout' : path(file.event_log),
  };
}

type ResolvePath = (name: string) => string;

function buildProject(file: ProjectFile, defaults: ApiFile, path: ResolvePath): ProjectConfig {
  const { name, region, discovery } = file;
  return {
    name,
    region,
    ...(file.project_id && { projectId: file.project_id }),
    endpoint: file.endpoint || `https://modelarts.${region}.myhuaweicloud.com`,
    iamEndpoint: file.iam_endpoint || `https://iam.${region}.myhuaweicloud.com`,
    poolEvents: file.pool_events,
    api: buildApi(file.api, defaults, path),
    auth: buildAuth(file.auth, path),
    targets: perKind((kind) => buildTargets(file, kind)),
    discovery: perKind((kind) => {
      const { created_within: createdWithin = 0, status = [], ...rest } = discovery[KIND_TABLE[kind].section];
      return { ...rest, status, createdWithin };
    }),
  };
}

function buildTargets(file: ProjectFile, kind: KindName): readonly ListedTarget[] {
  const { section, keys } = KIND_TABLE[kind];
  return file[section].map((target) => {
    const { [keys.id]: id = '', [keys.name]: name } = target;
    return { id, ...(name && { name }) };
  });
}

function buildApi(own: ProjectFile['api'], defaults: ApiFile, path: ResolvePath): ApiConfig {
  return {
    timeout: own.timeout ?? defaults.timeout,
    retries: own.retries ?? defaults.retries,
    concurrency: own.concurrency ?? defaults.concurrency,
    rateLimit: own.rate_limit ?? defaults.rate_limit,
    language: own.language ?? defaults.language,
    proxyUrl: own.proxy_url ?? defaults.proxy_url,
    tls: buildTls({ ...defaults.tls_config, ...own.tls_config }, path),
  };
}

function buildTls(file: ApiFile['tls_config'], path: ResolvePath): TlsConfig {
  return {
    ...(file.ca_file && { caFile: path(file.ca_file) }),
    ...(file.cert_file && { certFile: path(file.cert_file) }),
    ...(file.key_file && { keyFile: path(file.key_file) }),
    ...(file.server_name && { serverName: file.server_name }),
    insecureSkipVerify: file.insecure_skip_verify ?? false,
  };
}

function buildAuth(file: ProjectFile['auth'], path: ResolvePath): AuthConfig {
  const source = (value: string | undefined, name: string | undefined) => buildSecret(value, name, path);
  const token = source(file.token, file.token_file);
  if (token) return { kind: 'token', token };

  const accessKey = source(file.access_key, file.access_key_file);
  const secretKey = source(file.secret_key, file.secret_key_file);
  const securityToken = source(file.security_token, file.security_token_file);
  if (accessKey && secretKey) {
    return { kind: 'access_key', accessKey, secretKey, ...(securityToken && { securityToken }) };
  }

  const username = source(file.username, file.username_file);
  const password = source(file.password, file.password_file);
  const domain = source(file.domain, file.domain_file);
  if (username && password && domain) return { kind: 'password', username, password, domain };

  if (file.ecs_metadata) {
    return { kind: 'ecs_metadata', endpoint: file.ecs_metadata_endpoint ?? ECS_METADATA };
  }
  return { kind: 'environment' };
}

function buildAlertmanager(
  file: ConfigFile['alerting']['alertmanagers'][number],
  path: ResolvePath,
): AlertmanagerConfig {
  const password = buildSecret(file.basic_auth?.password, file.basic_auth?.password_file, path);
  const bearerToken = buildSecret(file.bearer_token, file.bearer_token_file, path);
  return {
    url: file.url,
    timeout: file.timeout,
    ...(file.basic_auth && password && { basicAuth: { username: file.basic_auth.username, password } }),
    ...(bearerToken && { bearerToken }),
    tls: buildTls(file.tls_config, path),
  };
}

function buildSecret(
  value: string | undefined,
  file: string | undefined,
  path: ResolvePath,
): SecretSource | undefined {
  if (value !== undefined) return { value };
  return file === undefined ? undefined : { file: path(file) };
}
