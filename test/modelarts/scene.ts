import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { ApiConfig, AuthConfig, ProjectConfig } from '../../src/config/config.ts';
import { perKind } from '../../src/kind-table.ts';
import type { LogFields, Logger } from '../../src/log.ts';
import type { ApiObserver, ApiRequest } from '../../src/modelarts/api.ts';
import { createBreakers } from '../../src/modelarts/breaker.ts';
import { type Client, type ClientDeps, createClient } from '../../src/modelarts/client.ts';
import type { ApiError } from '../../src/modelarts/errors.ts';
import { Quotas } from '../../src/modelarts/quotas.ts';
import { systemTimers, type Timers } from '../../src/timers.ts';

export const PROJECT_ID = '0123456789abcdef0123456789abcdef';
export const EVENTS: ApiRequest = { operation: 'pool_events', version: 'v1', path: 'events' };

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface TestServer {
  readonly origin: string;
  readonly host: string;
  readonly received: readonly Received[];
  /** Connections accepted so far. */
  connections(): number;
}

export type Answering = (request: Received, response: ServerResponse) => void;

/** A real HTTP server on a free port, gone when the test ends. */
export async function serve(answer: Answering, address = '127.0.0.1'): Promise<TestServer> {
  return listen(http.createServer(), answer, address);
}

export async function listen(
  server: http.Server,
  answer: Answering,
  address = '127.0.0.1',
  protocol = 'http',
): Promise<TestServer> {
  const received: Received[] = [];
  let connections = 0;
  server.on(protocol === 'https' ? 'secureConnection' : 'connection', () => {
    connections += 1;
  });
  server.on('request', async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = request;
    const entry = { method, url, headers, body: Buffer.concat(chunks).toString() };
    received.push(entry);
    answer(entry, response);
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const host = `${address.includes(':') ? `[${address}]` : address}:${port}`;
  return { origin: `${protocol}://${host}`, host, received, connections: () => connections };
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: http.OutgoingHttpHeaders = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** Time that passes when the test says so. */
export interface ManualTimers extends Timers {
  /** Lets time pass and wakes whoever is due; what follows from that may take some turns. */
  advance(duration: number): void;
  /** How long the sleepers have left, shortest first. */
  sleeping(): number[];
}

export function manualTimers(): ManualTimers {
  let now = 1_000_000;
  const sleepers = new Set<{ at: number; wake: () => void }>();
  return {
    now: () => now,
    sleep: (duration, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const abort = () => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        const wake = () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        };
        const sleeper = { at: now + duration, wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', abort);
      }),
    advance(duration) {
      now += duration;
      for (const sleeper of [...sleepers].filter(({ at }) => at <= now)) {
        sleepers.delete(sleeper);
        sleeper.wake();
      }
    },
    sleeping: () => [...sleepers].map(({ at }) => at - now).sort((a, b) => a - b),
  };
}

export interface Line {
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: LogFields;
}

export function recordingLogger(): Logger & { readonly lines: Line[] } {
  const lines: Line[] = [];
  const at =
    (level: keyof Logger) =>
    (message: string, fields: LogFields = {}) => {
      lines.push({ level, message, fields });
    };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export function recordingObserver(): ApiObserver & { readonly codes: string[]; readonly skews: number[] } {
  const codes: string[] = [];
  const skews: number[] = [];
  return {
    codes,
    skews,
    onResponse: (operation, code) => codes.push(`${operation} ${code}`),
    onClockSkew: (seconds) => skews.push(seconds),
  };
}

const DISCOVERY = {
  enabled: false,
  refresh: 0,
  linger: 0,
  include: [],
  exclude: [],
  status: [],
  createdWithin: 0,
  extras: [],
};

export interface ProjectSettings {
  readonly name?: string;
  readonly endpoint: string;
  readonly iamEndpoint?: string;
  /** Null: left out. */
  readonly projectId?: string | null;
  readonly auth?: AuthConfig;
  readonly api?: Partial<ApiConfig>;
}

function projectConfig(settings: ProjectSettings): ProjectConfig {
  const { name = 'prod', endpoint, iamEndpoint = endpoint, projectId = PROJECT_ID } = settings;
  return {
    name,
    region: 'cn-north-4',
    ...(projectId === null ? {} : { projectId }),
    endpoint,
    iamEndpoint,
    poolEvents: 'continue',
    api: {
      timeout: 5_000,
      retries: 0,
      concurrency: 16,
      rateLimit: 1_000,
      language: 'en-us',
      proxyUrl: '',
      tls: { insecureSkipVerify: false },
      ...settings.api,
    },
    auth: settings.auth ?? { kind: 'token', token: { value: 'a-token' } },
    targets: perKind(() => []),
    discovery: perKind(() => DISCOVERY),
  };
}

/** A client that is closed when the test ends. */
export function client(settings: ProjectSettings, deps: Partial<ClientDeps> = {}): Client {
  const created = createClient(projectConfig(settings), {
    clock: () => Date.now(),
    timers: systemTimers,
    observer: recordingObserver(),
    log: recordingLogger(),
    pause: { until: Number.NEGATIVE_INFINITY },
    responseBytes: 1_000_000,
    breakers: createBreakers(deps.timers ?? systemTimers),
    quotas: new Quotas(() => Date.now(), (deps.timers ?? systemTimers).now),
    env: {},
    version: '1.2.3',
    random: () => 0,
    ...deps,
  });
  onTestFinished(() => created.close());
  return created;
}

/** The error that a promise must end with. */
export async function failure(promise: Promise<unknown>): Promise<ApiError> {
  return promise.then(
    () => {
      throw new Error('it should have failed');
    },
    (error: ApiError) => error,
  );
}

/** Waits until `holds`, polling; the test's own timeout is the limit. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** Lets everything that needs no time happen: real I/O on this host settles well within. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 60));
}
