import http from 'node:http';
import https from 'node:https';
import { BlockList, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Environment } from '../config/environment.ts';

/** The proxy for `url` by HTTPS_PROXY, HTTP_PROXY and NO_PROXY (or in lower case), as curl and Go read them. */
export function environmentProxy(url: URL, env: Environment): string {
  const name = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const proxy = env[name] || env[name.toUpperCase()] || '';
  if (proxy === '' || bypasses(url, env['no_proxy'] || env['NO_PROXY'] || '')) return '';
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

function bypasses(url: URL, list: string): boolean {
  const host = unbracketed(url.hostname);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .some((entry) => entry === '*' || covers(entry, host, port));
}

/** An entry is a host or a suffix of one, an address, each with an optional port, or a network such as `10.0.0.0/8`. */
function covers(entry: string, host: string, port: string): boolean {
  const [network = '', bits] = entry.split('/');
  if (bits !== undefined) return withinNetwork(host, network, Number(bits));
  const [, name = entry, itsPort] = isIP(entry) ? [] : (/^(.*?)(?::(\d+))?$/.exec(entry) ?? []);
  if (itsPort !== undefined && itsPort !== port) return false;
  const suffix = unbracketed(name).replace(/^\*?\./, '');
  return host === suffix || (!isIP(host) && host.endsWith(`.${suffix}`));
}

function withinNetwork(host: string, network: string, bits: number): boolean {
  const version = isIP(network);
  if (version === 0 || !Number.isInteger(bits) || bits < 0 || bits > (version === 4 ? 32 : 128)) return false;
  if (isIP(host) !== version) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const block = new BlockList();
  block.addSubnet(network, bits, family);
  return block.check(host, family);
}

function unbracketed(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

interface Tunnel {
  readonly proxy: URL;
  /** Milliseconds. */
  readonly timeout: number;
  /** Ends the tunnels that are still being opened. */
  readonly signal: AbortSignal;
}

type Connected = (error: Error | null, socket: Duplex) => void;

/**
 * Opens a tunnel through the proxy by CONNECT, also for plain HTTP, so that the request line stays the signed one.
 * By hand, since https-proxy-agent 9 hands on the proxy's refusal as if the API had answered (a 401 would count against
 * the credential), and never ends a CONNECT that the proxy leaves unanswered; and proxy-from-env 2 knows no networks, takes
 * `example.com` in NO_PROXY for that host alone, and reads the process's own environment.
 */
function openTunnel(
  { proxy, timeout, signal }: Tunnel,
  target: { host?: string | null | undefined; port?: number | string | null | undefined },
  done: (error: Error | undefined, socket?: Duplex) => void,
): void {
  const host = target.host ?? '';
  const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${target.port ?? ''}`;
  const credentials = `${unescaped(proxy.username)}:${unescaped(proxy.password)}`;
  const secure = proxy.protocol === 'https:';
  const request = (secure ? https : http).request({
    method: 'CONNECT',
    host: unbracketed(proxy.hostname),
    port: proxy.port || (secure ? 443 : 80),
    path: authority,
    headers: {
      host: authority,
      ...(credentials === ':'
        ? {}
        : { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` }),
    },
    agent: false,
    timeout,
    signal,
  });
  request.once('connect', (response, socket) => {
    if (response.statusCode !== 200) {
      socket.destroy();
      done(proxyError(`PROXY_STATUS_${response.statusCode}`));
      return;
    }
    done(undefined, socket);
  });
  request.once('timeout', () => request.destroy(proxyError('PROXY_TIMEOUT')));
  // The message names the API's host, so the code has to say that it is the proxy that cannot be reached.
  request.on('error', (error: NodeJS.ErrnoException) =>
    done(error.code?.startsWith('PROXY_') ? error : proxyError(`PROXY_${error.code ?? 'ERROR'}`)),
  );
  request.end();
}

/** A password with a bare `%` is taken as it stands. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function proxyError(code: string): Error {
  return Object.assign(new Error('the proxy opened no tunnel'), { code });
}

export class HttpTunnelAgent extends http.Agent {
  readonly #tunnel: Tunnel;

  constructor(options: http.AgentOptions, tunnel: Tunnel) {
    super(options);
    this.#tunnel = tunnel;
  }

  override createConnection(options: http.ClientRequestArgs, callback?: Connected): undefined {
    // Node's typings ask for a socket beside the error; there is none.
    const report = callback as (error: Error | null, socket?: Duplex) => void;
    openTunnel(this.#tunnel, options, (error, socket) => report(error ?? null, socket));
  }
}

export class HttpsTunnelAgent extends https.Agent {
  readonly #tunnel: Tunnel;

  constructor(options: https.AgentOptions, tunnel: Tunnel) {
    super(options);
    this.#tunnel = tunnel;
  }

  override createConnection(options: https.RequestOptions, callback?: Connected): undefined {
    const report = callback as (error: Error | null, socket?: Duplex) => void;
    openTunnel(this.#tunnel, options, (error, socket) => {
      if (error !== undefined || socket === undefined) return report(error ?? null);
      const withSocket = { ...options, socket };
      let secured: Duplex | null | undefined;
      try {
        secured = super.createConnection(withSocket);
      } catch (invalid) {
        // If a file holds no certificate, this is where it shows, and nobody above would catch it.
        socket.destroy();
        return report(invalid instanceof Error ? invalid : proxyError('ERR_TLS'));
      }
      report(null, secured ?? undefined);
    });
  }
}
