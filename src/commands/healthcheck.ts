import { once } from 'node:events';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import type { Runtime } from './runtime.ts';

/**
 * Asks a running exporter whether it is healthy. Certificates are not verified: the request comes from the same
 * container, usually to `localhost`, a name that no certificate has, and it carries no secret. An exporter that
 * refuses the request, because it wants a password or a client certificate or has too many requests, works and
 * so counts as healthy.
 */
export async function healthcheck(
  url: string,
  { stderr }: Pick<Runtime, 'stderr'>,
  timeout = 5_000,
): Promise<number> {
  const { protocol, host, pathname } = new URL(url);
  // The URL as given may hold a password, which must not be printed.
  const safeUrl = `${protocol}//${host}${pathname.replace(/\/$/, '')}/-/healthy`;
  const signal = AbortSignal.timeout(timeout);
  try {
    const status = await statusOf(`${url.replace(/\/$/, '')}/-/healthy`, signal);
    if (status === 200 || status === 401 || status === 429) return 0;
    stderr.write(`${safeUrl} answers ${status}\n`);
  } catch (error) {
    if (asksForCertificate(error)) return 0;
    const reason = signal.aborted ? `no answer within ${timeout / 1000} s` : reasonOf(error);
    stderr.write(`${safeUrl}: ${reason}\n`);
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

/** A server that wants a client certificate sends one of these TLS alerts, the first with TLS 1.3, the second with 1.2. */
function asksForCertificate(error: unknown): boolean {
  return error instanceof Error && /alert certificate required|alert handshake failure/.test(error.message);
}

/** `localhost` has two addresses. If neither answers, the error is an AggregateError of one error for each. */
function reasonOf(error: unknown): string {
  const [first] = error instanceof AggregateError ? error.errors : [error];
  return first instanceof Error ? first.message : String(error);
}
