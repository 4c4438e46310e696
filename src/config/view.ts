import { KIND_NAMES, type KindName, type KindRow, rowOf } from '../kind-table.ts';
import type {
  AlertmanagerConfig,
  ApiConfig,
  AuthConfig,
  Config,
  DiscoveryConfig,
  ListedTarget,
  ProjectConfig,
  SecretSource,
  TlsConfig,
} from './config.ts';
import { formatDuration } from './duration.ts';

const SECRET = '<secret>';

/** The configuration under the key names of the file, for people to see: JSON-safe, every secret as `<secret>`. */
export function viewConfig(config: Config): Readonly<Record<string, unknown>> {
  const { collection, limits, alerting } = config;
  return {
    collection: {
      schedule: collection.schedule,
      min_interval: formatDuration(collection.minInterval),
      window: formatDuration(collection.window),
      lookback: formatDuration(collection.lookback),
      overlap: formatDuration(collection.overlap),
      timeout_offset: formatDuration(collection.timeoutOffset),
    },
    state: { file: config.state.file },
    limits: {
      events_per_poll: limits.eventsPerPoll,
      pool_reasons: limits.poolReasons,
      workers: limits.workers,
      response_bytes: limits.responseBytes,
    },
    projects: config.projects.map(viewProject),
    alerting: {
      alertmanagers: alerting.alertmanagers.map(viewAlertmanager),
      interval: formatDuration(alerting.interval),
      resolve_after: formatDuration(alerting.resolveAfter),
      external_url: alerting.externalUrl,
      labels: alerting.labels,
      min_severity: alerting.minSeverity,
    },
    event_log: config.eventLog,
  };
}

function viewProject({ targets, discovery, ...project }: ProjectConfig) {
  return {
    name: project.name,
    region: project.region,
    project_id: project.projectId ?? '',
    endpoint: project.endpoint,
    iam_endpoint: project.iamEndpoint,
    pool_events: project.poolEvents,
    api: viewApi(project.api),
    auth: viewAuth(project.auth),
    ...mapSections((kind) => targets[kind].map((target) => viewTarget(target, rowOf(kind)))),
    discovery: mapSections((kind) => viewDiscovery(discovery[kind], rowOf(kind))),
  };
}

function mapSections<V>(viewOf: (kind: KindName) => V): Readonly<Record<string, V>> {
  return Object.fromEntries(KIND_NAMES.map((kind) => [rowOf(kind).section, viewOf(kind)]));
}

function viewTarget({ id, name }: ListedTarget, { keys }: KindRow) {
  return { [keys.id]: id, ...(name && { [keys.name]: name }) };
}

function viewDiscovery(
  { enabled, refresh, linger, include, exclude, status, createdWithin }: DiscoveryConfig,
  kind: KindRow,
) {
  return {
    enabled,
    refresh: formatDuration(refresh),
    linger: formatDuration(linger),
    include: include.map(withoutAnchors),
    exclude: exclude.map(withoutAnchors),
    ...(kind.statuses && { status }),
    ...(kind.createdWithin && { created_within: formatDuration(createdWithin) }),
  };
}

function withoutAnchors({ source }: RegExp): string {
  return source.replace(/^\^\(\?:(.*)\)\$$/s, '$1');
}

function viewApi(api: ApiConfig) {
  return {
    timeout: formatDuration(api.timeout),
    retries: api.retries,
    concurrency: api.concurrency,
    rate_limit: api.rateLimit,
    language: api.language,
    proxy_url: api.proxyUrl.replace(/\/\/[^/@]*@/, `//${SECRET}@`),
    tls_config: viewTls(api.tls),
  };
}

function viewTls(tls: TlsConfig) {
  return {
    ca_file: tls.caFile ?? '',
    cert_file: tls.certFile ?? '',
    key_file: tls.keyFile ?? '',
    server_name: tls.serverName ?? '',
    insecure_skip_verify: tls.insecureSkipVerify,
  };
}

function viewAuth(auth: AuthConfig): Readonly<Record<string, unknown>> {
  switch (auth.kind) {
    case 'token':
      return viewSecret('token', auth.token);
    case 'access_key':
      return {
        ...viewSecret('access_key', auth.accessKey),
        ...viewSecret('secret_key', auth.secretKey),
        ...viewSecret('security_token', auth.securityToken),
      };
    case 'password':
      return {
        ...viewSecret('username', auth.username),
        ...viewSecret('password', auth.password),
        ...viewSecret('domain', auth.domain),
      };
    case 'ecs_metadata':
      return { ecs_metadata: true, ecs_metadata_endpoint: auth.endpoint };
    case 'environment':
      return { environment: true };
  }
}

function viewAlertmanager({ url, timeout, basicAuth, bearerToken, tls }: AlertmanagerConfig) {
  return {
    url,
    timeout: formatDuration(timeout),
    ...(basicAuth && {
      basic_auth: { username: basicAuth.username, ...viewSecret('password', basicAuth.password) },
    }),
    ...viewSecret('bearer_token', bearerToken),
    tls_config: viewTls(tls),
  };
}

function viewSecret(key: string, source: SecretSource | undefined): Readonly<Record<string, string>> {
  if (!source) return {};
  return 'file' in source ? { [`${key}_file`]: source.file } : { [key]: SECRET };
}
