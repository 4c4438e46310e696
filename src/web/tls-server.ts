import type { RequestListener, ServerOptions } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { WebConfig } from './web-config.ts';
import type { ClientAuth } from './web-config-schema.ts';

/** A client that has not finished its handshake by then is cut off, in milliseconds. */
const HANDSHAKE_TIMEOUT = 10_000;

/** An HTTPS server that asks of client certificates what `clientAuth` says. */
export function createTlsServer(
  { clientAuth, context }: NonNullable<WebConfig['tls']>,
  options: ServerOptions,
  handler: RequestListener,
): Server {
  const server = createServer(
    {
      ...options,
      ...context,
      handshakeTimeout: HANDSHAKE_TIMEOUT,
      requestCert: clientAuth !== 'NoClientCert',
      rejectUnauthorized: clientAuth === 'RequireAndVerifyClientCert',
    },
    handler,
  );
  server.prependListener('secureConnection', (socket) => {
    if (!admits(clientAuth, socket)) socket.destroy();
  });
  return server;
}

/** The policies that lie between none and all, which Node does not know. */
function admits(clientAuth: ClientAuth, socket: TLSSocket): boolean {
  const given = socket.getPeerX509Certificate() !== undefined;
  switch (clientAuth) {
    case 'RequireAnyClientCert':
      return given;
    case 'VerifyClientCertIfGiven':
      return !given || socket.authorized;
    case 'NoClientCert':
    case 'RequestClientCert':
    case 'RequireAndVerifyClientCert':
      return true;
  }
}
