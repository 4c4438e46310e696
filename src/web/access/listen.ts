import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { Server as TlsServer } from 'node:https';
import { isDeepStrictEqual } from 'node:util';
import { AccessControl } from './access-control.ts';
import { loadWebConfig, type WebConfig } from './config.ts';
import { formatListenAddress, type ListenAddress } from './listen-address.ts';
import { createTlsServer } from './tls-server.ts';

export interface ListenOptions {
  readonly addresses: readonly ListenAddress[];
  /** Path of a file in the format of Prometheus's exporter-toolkit; without it plain HTTP for everybody. */
  readonly webConfigFile?: string;
  /** Told when a changed web configuration or certificate could not be taken over. */
  readonly onError: (error: unknown) => void;
  /** Told when a changed one was taken over. */
  readonly onChange?: () => void;
  /** How often the web configuration and the certificates are read again, in milliseconds. */
  readonly webConfigInterval?: number;
}

export interface Listening {
  /** Base URL of each address, with the port that it really got. */
  readonly urls: readonly string[];
  /** Stops listening, lets answers under way end, and cuts off what is left after three seconds. */
  close(): Promise<void>;
}

/** An address that can't be listened on; the message is one clear line. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** Limits against clients that send slowly or much. Idle connections outlast the usual scrape interval. */
const LIMITS: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  keepAliveTimeout: 125_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16_384,
};
const CONNECTIONS_MAX = 2_000;
/** A connection on which nothing moves is cut; longer than a scrape may wait, in milliseconds. */
const SILENCE_MAX = 660_000;
const CLOSE_TIMEOUT = 3_000;

const PLAIN: WebConfig = { tls: undefined, headers: {}, users: new Map(), rateLimit: undefined };

/**
 * Serves `handler` on every address.
 * @throws ListenError or WebConfigError
 */
export async function listen(handler: RequestListener, options: ListenOptions): Promise<Listening> {
  const { addresses, webConfigFile: file, onError, onChange, webConfigInterval = 1_000 } = options;
  const config = file === undefined ? PLAIN : await loadWebConfig(file);
  const access = new AccessControl(handler, config);
  const servers: (Server | TlsServer)[] = [];
  let rereading: NodeJS.Timeout | undefined;
  const closeAll = async () => {
    clearInterval(rereading);
    await Promise.all(servers.map(close));
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
    const reread = rereader(file, config, onError, (changed) => {
      access.update(changed);
      for (const server of servers) {
        if (server instanceof TlsServer && changed.tls !== undefined)
          server.setSecureContext(changed.tls.context);
      }
      onChange?.();
    });
    rereading = setInterval(reread, webConfigInterval).unref();
  }
  return { urls: servers.map((server) => urlOf(server)), close: closeAll };
}

/** Reads the web configuration again and passes it on where it changed; a bad one is told of once. */
function rereader(
  file: string,
  initial: WebConfig,
  onError: (error: unknown) => void,
  onChange: (config: WebConfig) => void,
): () => Promise<void> {
  let current = initial;
  let complaint = '';
  const read = async () => {
    try {
      const changed = await loadWebConfig(file);
      // A file that is being written is empty or short for a moment: nobody must be let in for that.
      if (changed.tls?.clientAuth !== initial.tls?.clientAuth) {
        throw new Error(`${file}: TLS on or off and client_auth_type change with a restart only`);
      }
      if ((changed.tls?.allowedNames === undefined) !== (initial.tls?.allowedNames === undefined)) {
        throw new Error(`${file}: client_allowed_sans on or off change with a restart only`);
      }
      if ((changed.users.size === 0) !== (initial.users.size === 0)) {
        throw new Error(`${file}: users on or off change with a restart only`);
      }
      if (!isDeepStrictEqual(changed, current)) onChange(changed);
      current = changed;
      complaint = '';
    } catch (error) {
      if (String(error) !== complaint) onError(error);
      complaint = String(error);
    }
  };
  let reading: Promise<void> | undefined;
  return () => {
    // A slow disk must not bring an older file after a newer one.
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };
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

async function close(server: Server | TlsServer): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  // A connection becomes idle when its answer is sent, and would be kept for the next request.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
