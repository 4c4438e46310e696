import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { Server as TlsServer } from 'node:https';
import type { Timers } from '../../timers.ts';
import { AccessControl } from './access-control.ts';
import { loadWebConfig, type WebConfig } from './config.ts';
import { createConfigCheck } from './config-watch.ts';
import { formatListenAddress, type ListenAddress } from './listen-address.ts';
import { createTlsServer } from './tls-server.ts';

export interface ListenOptions {
  readonly addresses: readonly ListenAddress[];
  /** Path of a file in the format of Prometheus's exporter-toolkit. Without it there is plain HTTP for everybody. */
  readonly webConfigFile?: string;
  /** Called when a changed web configuration or certificate cannot be used. The one before stays. */
  readonly onError: (error: unknown) => void;
  /** Called when a changed one is in use. */
  readonly onChange?: () => void;
  readonly timers: Timers;
}

export interface Listening {
  /** Base URL of each address, with the port that it really got. */
  readonly urls: readonly string[];
  /** Stops listening, lets answers under way end, and cuts off what is left after three seconds. */
  close(): Promise<void>;
}

/** The exporter cannot listen on an address. The message is one clear line. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** Limits against clients that send slowly or much. An idle connection is kept until the next scrape, as a rule. */
const LIMITS: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  keepAliveTimeout: 125_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16_384,
};
const CONNECTIONS_MAX = 2_000;
/** A connection on which nothing moves for so long is cut, in milliseconds. A scrape never waits as long. */
const SILENCE_MAX = 660_000;
/** Milliseconds between two looks for connections that became idle, once closing began. */
const CLOSE_IDLE_AFTER = 50;
/** Connections that are still busy so long after closing began are cut, in milliseconds. */
const CUT_AFTER = 3_000;
/** The web configuration and its certificates are read again so often, in milliseconds. */
const CHECK_AFTER = 1_000;
/** How long a file that is being written may take to be whole, in milliseconds. */
const SETTLE_AFTER = 100;

const PLAIN: WebConfig = { tls: undefined, headers: {}, users: new Map(), rateLimit: undefined };

/**
 * Serves `handler` on every address.
 * @throws ListenError or WebConfigError
 */
export async function listen(handler: RequestListener, options: ListenOptions): Promise<Listening> {
  const { addresses, webConfigFile: file, onError, onChange, timers } = options;
  const config = file === undefined ? PLAIN : await loadWebConfig(file);
  const access = new AccessControl(handler, config, timers);
  const servers: (Server | TlsServer)[] = [];
  const closing = new AbortController();
  const closeAll = async () => {
    closing.abort();
    await Promise.all(servers.map((server) => close(server, timers)));
  };
  try {
    for (const address of addresses) {
      const server =
        config.tls === undefined
          ? createServer(LIMITS, access.handle.bind(access))
          : createTlsServer(
              config.tls,
              () => access.config.tls?.allowedNames,
              LIMITS,
              access.handle.bind(access),
            );
      server.maxConnections = CONNECTIONS_MAX;
      server.timeout = SILENCE_MAX;
      await bind(server, address);
      servers.push(server.on('error', onError));
    }
  } catch (error) {
    await closeAll();
    throw error;
  }
  if (file !== undefined) {
    const check = createConfigCheck({
      file,
      initial: config,
      settle: () => timers.sleep(SETTLE_AFTER, closing.signal),
      onError,
      onChange: (changed) => {
        access.update(changed);
        for (const server of servers) {
          if (server instanceof TlsServer && changed.tls !== undefined)
            server.setSecureContext(changed.tls.context);
        }
        onChange?.();
      },
    });
    repeat(check, timers, closing.signal).catch((error: unknown) => {
      if (!closing.signal.aborted) onError(error);
    });
  }
  return { urls: servers.map((server) => urlOf(server)), close: closeAll };
}

/** Runs the check now and then until the signal aborts. */
async function repeat(check: () => Promise<void>, timers: Timers, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await timers.sleep(CHECK_AFTER, signal);
    await check();
  }
}

async function bind(server: Server | TlsServer, address: ListenAddress): Promise<void> {
  server.listen(address);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new ListenError(`cannot listen on ${formatListenAddress(address)}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  switch (code) {
    case 'EADDRINUSE':
      return 'the port is taken';
    case 'EACCES':
      return 'not permitted';
    case 'EADDRNOTAVAIL':
      return 'no such address on this machine';
    case 'ENOTFOUND':
      return 'unknown host';
    default:
      return code;
  }
}

function urlOf(server: Server | TlsServer): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server is not listening');
  const any = address.address === '::' || address.address === '0.0.0.0';
  const host = any ? 'localhost' : address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `${server instanceof TlsServer ? 'https' : 'http'}://${host}:${address.port}`;
}

async function close(server: Server | TlsServer, timers: Timers): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  const ended = new AbortController();
  // A connection becomes idle when its answer is sent. It would then be kept open for the next request.
  const idle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_AFTER);
  timers.sleep(CUT_AFTER, ended.signal).then(
    () => server.closeAllConnections(),
    () => {},
  );
  await closed;
  clearInterval(idle);
  ended.abort();
}
