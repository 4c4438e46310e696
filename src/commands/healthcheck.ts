import type { Host } from './host.ts';

const TIMEOUT = 5_000;

/** Asks a running exporter whether it is well. */
export async function healthcheck(url: string, host: Host): Promise<number> {
  const address = `${url.replace(/\/$/, '')}/-/healthy`;
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT) });
    if (response.ok) return 0;
    host.stderr.write(`${address} answers ${response.status}\n`);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    host.stderr.write(`${address}: ${cause instanceof Error ? cause.message : String(cause)}\n`);
  }
  return 1;
}
