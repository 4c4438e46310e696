import type { IncomingHttpHeaders } from 'node:http';

/** The Date header, in Unix milliseconds: what the server's clock told, in whole seconds. */
export function serverTime(headers: IncomingHttpHeaders): number | undefined {
  const time = Date.parse(headers.date ?? '');
  return Number.isNaN(time) ? undefined : time;
}
