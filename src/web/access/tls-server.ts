import type { RequestListener, ServerOptions } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { hasAlternativeName } from './alternative-names.ts';
import type { ServerTls } from './config.ts';

/** A client that has not finished its handshake by then is cut off, in milliseconds. */
const HANDSHAKE_TIMEOUT = 10_000;

/**
 * An HTTPS server that asks of client certificates what `clientAuth` says.
 * @param allowedNames those of the configuration in force, of which a client has to bear one
 */
export function createTlsServer(
  { clientAuth, context }: ServerTls,
  allowedNames: () => readonly string[] | undefined,
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
    if (!admits(clientAuth, socket) || !hasName(socket, allowedNames())) socket.destroy();
  });
  return server;
}

/** The policies that lie between none and all, which Node does not know. */
function admits(clientAuth: ServerTls['clientAuth'], socket: TLSSocket): boolean {
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

/** Without a certificate there is no name to show. */
function hasName(socket: TLSSocket, allowed: readonly string[] | undefined): boolean {
  if (allowed === undefined) return true;
  const certificate = socket.getPeerX509Certificate();
  return certificate !== undefined && hasAlternativeName(certificate, allowed);
}
