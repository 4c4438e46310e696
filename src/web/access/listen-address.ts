/** Where to listen. Without a host that is on all interfaces, with IPv4 and IPv6. */
export interface ListenAddress {
  readonly host?: string;
  readonly port: number;
}

/**
 * Reads `host:port`, `[ipv6]:port` or `:port`.
 * @throws Error with one clear line
 */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:\[(?<ipv6>[\da-f:.]+(?:%\w+)?)\]|(?<host>[^:[\]\s/]*)):(?<port>\d{1,5})$/i.exec(text);
  const port = Number(match?.groups?.['port']);
  if (match?.groups === undefined || port > 65_535) {
    throw new Error(`"${text}" is no listen address: expected host:port, [ipv6]:port or :port`);
  }
  const host = match.groups['ipv6'] ?? match.groups['host'];
  return host === undefined || host === '' ? { port } : { host, port };
}

/** Writes an address in the form that parseListenAddress reads. */
export function formatListenAddress({ host = '', port }: ListenAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
