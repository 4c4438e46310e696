import type { KindName } from '../kind-table.ts';

/**
 * The configuration after loading: read-only, complete with defaults, with
 * secrets as sources. Durations are milliseconds.
 */
export interface Config {
  readonly collection: CollectionConfig;
  readonly state: { /** Empty: no durable state. */ readonly file: string };
  readonly limits: LimitsConfig;
  readonly projects: readonly ProjectConfig[];
  readonly alerting: AlertingConfig;
  /** `stdout`, a file path, or empty for none. */
  readonly eventLog: string;
}

export interface CollectionConfig {
  readonly schedule: 'scrape' | 'background';
  readonly minInterval: number;
  readonly window: number;
  readonly lookback: number;
  readonly overlap: number;
  readonly timeoutOffset: number;
}

export interface LimitsConfig {
  readonly eventsPerPoll: number;
  readonly poolReasons: number;
  readonly workers: number;
  readonly responseBytes: number;
}

/** A secret given in the configuration, or the file that holds it (read again when the file changes). */
export type SecretSource = { readonly value: string } | { readonly file: string };

export interface TlsConfig {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly serverName?: string;
  readonly insecureSkipVerify: boolean;
}

export interface ApiConfig {
  readonly timeout: number;
  readonly retries: number;
  readonly concurrency: number;
  readonly rateLimit: number;
  readonly language: 'en-us' | 'zh-cn';
  /** Empty: the usual environment variables decide. */
  readonly proxyUrl: string;
  readonly tls: TlsConfig;
}

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

/** A target listed by the user. */
export interface ListedTarget {
  readonly id: string;
  readonly name?: string;
}

export interface DiscoveryConfig {
  readonly enabled: boolean;
  readonly refresh: number;
  readonly linger: number;
  /** Anchored; empty: everything is included. */
  readonly include: readonly RegExp[];
  readonly exclude: readonly RegExp[];
  /** Lower-case; empty: all, also where the kind has no such filter. */
  readonly status: readonly string[];
  /** 0 where the kind has no such limit. */
  readonly createdWithin: number;
}

export interface ProjectConfig {
  readonly name: string;
  readonly region: string;
  /** Left out: looked up in IAM by region. */
  readonly projectId?: string;
  readonly endpoint: string;
  readonly iamEndpoint: string;
  readonly poolEvents: 'continue' | 'offset';
  readonly api: ApiConfig;
  readonly auth: AuthConfig;
  readonly targets: Readonly<Record<KindName, readonly ListedTarget[]>>;
  readonly discovery: Readonly<Record<KindName, DiscoveryConfig>>;
}

export interface AlertmanagerConfig {
  readonly url: string;
  readonly timeout: number;
  readonly basicAuth?: { readonly username: string; readonly password: SecretSource };
  readonly bearerToken?: SecretSource;
  readonly tls: TlsConfig;
}

/** How bad a problem is, as the `severity` label of its alert tells. */
export type Severity = 'warning' | 'critical';

export interface AlertingConfig {
  /** Empty: alerting is off. */
  readonly alertmanagers: readonly AlertmanagerConfig[];
  readonly interval: number;
  readonly resolveAfter: number;
  readonly externalUrl: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly minSeverity: Severity;
}
