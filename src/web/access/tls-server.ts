import type { RequestListener, ServerOptions } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { hasAlternativeName } from './alternative-names.ts';
import type { ServerTls } from './config.ts';

/** A client that takes longer for its handshake is cut off, in milliseconds. */
const HANDSHAKE_TIMEOUT = 10_000;

/**
 * Makes an HTTPS server that asks for client certificates as `clientAuth` says.
 * @param allowedNames gives the names of the present configuration, one of which a client's certificate must have
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

/** Node itself knows only two policies: to ask for no certificate, and to accept only verified ones. */
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

/** A client without a certificate has no name either. */
function hasName(socket: TLSSocket, allowed: readonly string[] | undefined): boolean {
  if (allowed === undefined) return true;
  const certificate = socket.getPeerX509Certificate();
  return certificate !== undefined && hasAlternativeName(certificate, allowed);
}
