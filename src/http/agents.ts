import { X509Certificate } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { isIPv6 } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { TlsConfig } from '../config/config.ts';
import type { Environment } from '../config/environment.ts';
import { environmentProxy, HttpsTunnelAgent, HttpTunnelAgent } from './proxy.ts';
import { type WatchedFile, watchFile } from './watched-file.ts';

/** Keep-alive connections of one project, direct or through a proxy. */
export interface Agents {
  /** @throws Error that names a TLS file that cannot be read */
  for(url: URL): Promise<AgentFor>;
  close(): void;
}

/** Named by the protocol it speaks. */
export type AgentFor = { readonly http: http.Agent } | { readonly https: https.Agent };

export interface AgentsOptions {
  readonly tls: TlsConfig;
  /** `tls.serverName` stands for this host alone: IAM has a name of its own. */
  readonly serverNameHost: string;
  readonly proxyUrl: string;
  readonly env: Environment;
  readonly connections: number;
  /** Of opening a tunnel, in milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

const PEM_BYTES_MAX = 1_048_576;

interface Pems {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

export function createAgents(options: AgentsOptions): Agents {
  const { tls } = options;
  const pool = { keepAlive: true, maxFreeSockets: options.connections };
  const files = {
    ca: watch(tls.caFile),
    cert: watch(tls.certFile),
    key: watch(tls.keyFile),
  };
  const agents = new Map<string, AgentFor>();
  let pems: Pems = {};

  async function readPems(): Promise<void> {
    const next: Pems = {
      ...(files.ca && { ca: await files.ca.read() }),
      ...(files.cert && { cert: await files.cert.read() }),
      ...(files.key && { key: await files.key.read() }),
    };
    if (next.ca === pems.ca && next.cert === pems.cert && next.key === pems.key) return;
    pems = next;
    retire();
  }

  /** Connections in use go on to their end; new ones use the new files. */
  function retire(): void {
    for (const agent of all()) {
      agent.maxFreeSockets = 0;
      for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
    }
    agents.clear();
  }

  function all(): http.Agent[] {
    return [...agents.values()].flatMap((agent) => Object.values(agent));
  }

  function create(url: URL, proxy: string, serverName: string | undefined): AgentFor {
    const { timeout, signal } = options;
    const tunnel = proxy === '' ? undefined : { proxy: proxyAddress(proxy), timeout, signal };
    if (url.protocol === 'http:') {
      return { http: tunnel === undefined ? new http.Agent(pool) : new HttpTunnelAgent(pool, tunnel) };
    }
    const settings: https.AgentOptions = {
      ...pool,
      ...pems,
      rejectUnauthorized: !tls.insecureSkipVerify,
      checkServerIdentity: checkIdentity,
      ...(serverName === undefined ? {} : { servername: serverName }),
    };
    return {
      https: tunnel === undefined ? new https.Agent(settings) : new HttpsTunnelAgent(settings, tunnel),
    };
  }

  return {
    async for(url) {
      await readPems();
      const proxy = options.proxyUrl || environmentProxy(url, options.env);
      const serverName = url.hostname === options.serverNameHost ? tls.serverName : undefined;
      const key = JSON.stringify([url.protocol, proxy, serverName]);
      const agent = agents.get(key) ?? create(url, proxy, serverName);
      agents.set(key, agent);
      return agent;
    },
    close() {
      for (const agent of all()) agent.destroy();
    },
  };
}

/** Node.js 22.23 finds no IPv6 address in any certificate (nodejs/node#64032), so OpenSSL looks for those. */
function checkIdentity(host: string, certificate: PeerCertificate): Error | undefined {
  const named = isIPv6(host) && new X509Certificate(certificate.raw).checkIP(host) !== undefined;
  return named ? undefined : checkServerIdentity(host, certificate);
}

/** Without the address in the error: it may hold a password. */
function proxyAddress(proxy: string): URL {
  const url = URL.canParse(proxy) ? new URL(proxy) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new Error('the proxy is not an http:// or https:// URL');
  }
  return url;
}

function watch(path: string | undefined): WatchedFile | undefined {
  return path === undefined ? undefined : watchFile(path, PEM_BYTES_MAX);
}
