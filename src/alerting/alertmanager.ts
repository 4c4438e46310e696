import got from 'got';
import type { AlertmanagerConfig } from '../config/config.ts';
import { type Agents, createAgents } from '../http/agents.ts';
import { redact } from '../http/redact.ts';
import { headerSafe, secretReader } from '../http/secret.ts';
import { serverTime } from '../http/server-time.ts';
import type { PostableAlert } from './wire.ts';

const RESPONSE_BYTES_MAX = 65_536;

/**
 * How a request ended: taken, at a date that the Alertmanager's clock tells, in Unix milliseconds; refused, so that the
 * same content would be refused again; failed, so that trying again may help. Messages hold no credential.
 */
export type Outcome =
  | { readonly kind: 'taken'; readonly date?: number | undefined }
  | { readonly kind: 'refused' | 'failed'; readonly message: string };

/** One Alertmanager's API v2. */
export class Alertmanager {
  readonly #timeout: number;
  readonly #authorization: () => Promise<string | undefined>;
  readonly #endpoint: URL;
  readonly #agents: Agents;
  readonly #closing = new AbortController();

  constructor(config: AlertmanagerConfig) {
    this.#timeout = config.timeout;
    this.#authorization = authorizationOf(config);
    this.#endpoint = new URL(`${config.url}/api/v2/alerts`);
    this.#agents = createAgents({
      tls: config.tls,
      serverNameHost: this.#endpoint.hostname,
      proxyUrl: '',
      env: {},
      connections: 1,
      timeout: config.timeout,
      signal: this.#closing.signal,
    });
  }

  /** Sends alerts in one request. Never throws. */
  async post(alerts: readonly PostableAlert[]): Promise<Outcome> {
    const ending = new AbortController();
    const end = () => ending.abort();
    const closing = this.#closing.signal;
    if (closing.aborted) end();
    // `AbortSignal.any` would leave something behind in the lasting signal with every request.
    closing.addEventListener('abort', end);
    try {
      const authorization = await this.#authorization();
      const request = got.post(this.#endpoint, {
        body: JSON.stringify(alerts),
        headers: {
          'content-type': 'application/json',
          'user-agent': 'modelarts-exporter',
          ...(authorization === undefined ? {} : { authorization }),
        },
        agent: await this.#agents.for(this.#endpoint),
        timeout: { request: this.#timeout },
        retry: { limit: 0 },
        followRedirect: false,
        throwHttpErrors: false,
        decompress: false,
        signal: ending.signal,
      });
      request.on('downloadProgress', ({ transferred }) => {
        if (transferred > RESPONSE_BYTES_MAX) end();
      });
      const { statusCode, headers, body } = await request;
      if (statusCode >= 200 && statusCode < 300) return { kind: 'taken', date: serverTime(headers) };
      return troubleOf(statusCode, body, authorization);
    } catch (error) {
      return { kind: 'failed', message: error instanceof Error ? error.message : 'unknown error' };
    } finally {
      closing.removeEventListener('abort', end);
    }
  }

  /** Ends the request in flight, too. */
  close(): void {
    this.#closing.abort();
    this.#agents.close();
  }
}

function troubleOf(status: number, body: string, authorization: string | undefined): Outcome {
  // Only Alertmanager's own validation speaks of the alerts; any other answer may be a proxy's that echoes the request.
  const reason = status === 400 ? `: ${redact(body.trim(), secretsOf(authorization))}` : '';
  // What is too large may be taken in smaller parts.
  const isFailed = status >= 500 || status === 413;
  return { kind: isFailed ? 'failed' : 'refused', message: `HTTP status ${status}${reason}` };
}

function secretsOf(authorization: string | undefined): string[] {
  const [scheme, credential = ''] = authorization?.split(' ') ?? [];
  const decoded = scheme === 'Basic' ? Buffer.from(credential, 'base64').toString() : '';
  return [credential, decoded, decoded.slice(decoded.indexOf(':') + 1)];
}

/** Reads the Authorization header, as the configuration's files have it now. */
function authorizationOf({ basicAuth, bearerToken }: AlertmanagerConfig): () => Promise<string | undefined> {
  if (bearerToken !== undefined) {
    const read = secretReader('bearer_token', bearerToken);
    return async () => `Bearer ${headerSafe('bearer_token', await read())}`;
  }
  if (basicAuth !== undefined) {
    const read = secretReader('basic_auth password', basicAuth.password);
    return async () => `Basic ${Buffer.from(`${basicAuth.username}:${await read()}`).toString('base64')}`;
  }
  return async () => undefined;
}
