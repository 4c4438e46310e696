import got from 'got';
import type { AlertmanagerConfig } from '../config/config.ts';
import { type Agents, createAgents } from '../http/agents.ts';
import { redact } from '../http/redact.ts';
import { headerSafe, secretReader } from '../http/secret.ts';
import type { PostableAlert } from './wire.ts';

const MOST_RESPONSE_BYTES = 65_536;

/**
 * How a request ended: taken; refused, so that the same content would be refused again; or failed,
 * so that trying again may help. Messages hold no credential.
 */
export type Outcome =
  | { readonly kind: 'taken' }
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
    try {
      return await this.#post(JSON.stringify(alerts));
    } catch (error) {
      return { kind: 'failed', message: error instanceof Error ? error.message : 'unknown error' };
    }
  }

  /** Ends the request in flight, too. */
  close(): void {
    this.#closing.abort();
    this.#agents.close();
  }

  async #post(body: string): Promise<Outcome> {
    const ending = new AbortController();
    const end = () => ending.abort();
    const closing = this.#closing.signal;
    // `AbortSignal.any` would leave something behind in the lasting signal with every request.
    closing.addEventListener('abort', end);
    try {
      return await this.#send(body, ending);
    } finally {
      closing.removeEventListener('abort', end);
    }
  }

  async #send(body: string, ending: AbortController): Promise<Outcome> {
    const authorization = await this.#authorization();
    const agent = await this.#agents.for(this.#endpoint);
    if (this.#closing.signal.aborted) ending.abort();
    const request = got.post(this.#endpoint, {
      body,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'modelarts-exporter',
        ...(authorization === undefined ? {} : { authorization }),
      },
      agent,
      timeout: { request: this.#timeout },
      retry: { limit: 0 },
      followRedirect: false,
      throwHttpErrors: false,
      decompress: false,
      signal: ending.signal,
    });
    request.on('downloadProgress', ({ transferred }) => {
      if (transferred > MOST_RESPONSE_BYTES) {
        ending.abort();
      }
    });
    const { statusCode, body: answer } = await request;
    if (statusCode >= 200 && statusCode < 300) {
      return { kind: 'taken' };
    }
    // Only Alertmanager's own validation speaks of the alerts; what answers may also be a proxy that echoes.
    const reason = statusCode === 400 ? `: ${redact(answer.trim(), secretsOf(authorization))}` : '';
    return { kind: statusCode >= 500 ? 'failed' : 'refused', message: `HTTP status ${statusCode}${reason}` };
  }
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
