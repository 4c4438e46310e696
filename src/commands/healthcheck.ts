import { once } from 'node:events';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import type { Runtime } from './runtime.ts';

/**
 * Asks a running exporter whether it is well. It asks from inside, by a name that no certificate bears, and
 * hands over nothing, so certificates are not verified; who insists on a password or a certificate, or has too
 * many requests, is well.
 */
export async function healthcheck(
  url: string,
  { stderr }: Pick<Runtime, 'stderr'>,
  timeout = 5_000,
): Promise<number> {
  const { protocol, host: server, pathname } = new URL(url);
  // The URL may have held a password.
  const shown = `${protocol}//${server}${pathname.replace(/\/$/, '')}/-/healthy`;
  const signal = AbortSignal.timeout(timeout);
  try {
    const status = await statusOf(`${url.replace(/\/$/, '')}/-/healthy`, signal);
    if (status === 200 || status === 401 || status === 429) return 0;
    stderr.write(`${shown} answers ${status}\n`);
  } catch (error) {
    if (asksForCertificate(error)) return 0;
    const reason = signal.aborted ? `no answer within ${timeout / 1000} s` : reasonOf(error);
    stderr.write(`${shown}: ${reason}\n`);
  }
  return 1;
}

async function statusOf(address: string, signal: AbortSignal): Promise<number | undefined> {
  const get = /^https:/i.test(address) ? httpsGet : httpGet;
  const options = { rejectUnauthorized: false, agent: false, signal } as const;
  const [response]: IncomingMessage[] = await once(get(address, options), 'response');
  response?.destroy();
  return response?.statusCode;
}

/** The TLS alerts of a server that wants a client certificate, in TLS 1.3 and 1.2. */
function asksForCertificate(error: unknown): boolean {
  return error instanceof Error && /alert certificate required|alert handshake failure/.test(error.message);
}

/** An unreachable `localhost` fails once for each of its addresses. */
function reasonOf(error: unknown): string {
  const [first] = error instanceof AggregateError ? error.errors : [error];
  return first instanceof Error ? first.message : String(error);
}
