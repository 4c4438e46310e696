import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Host } from './host.ts';

const TIMEOUT = 5_000;

/** Asks a running exporter whether it is well; a user and password in the URL are sent as basic authentication. */
export async function healthcheck(url: string, host: Host): Promise<number> {
  const address = new URL(`${url.replace(/\/$/, '')}/-/healthy`);
  const shown = `${address.origin}${address.pathname}`;
  try {
    // Not by fetch, which takes no password in a URL and refuses some ports.
    const { get } = address.protocol === 'https:' ? https : http;
    const request = get(address, { agent: false, signal: AbortSignal.timeout(TIMEOUT) });
    const [response]: IncomingMessage[] = await once(request, 'response');
    response?.resume();
    if (response?.statusCode === 200) return 0;
    host.stderr.write(`${shown} answers ${response?.statusCode}\n`);
  } catch (error) {
    host.stderr.write(`${shown}: ${reasonOf(error)}\n`);
  }
  return 1;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  if (error.name === 'AbortError') return `no answer within ${TIMEOUT} ms`;
  // A host with several addresses fails with several errors, whose common message is empty.
  return error.message || ('code' in error ? String(error.code) : 'unknown error');
}
