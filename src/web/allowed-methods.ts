import type { Express, RequestHandler } from 'express';

/** A page for GET and HEAD; any other method is 405. */
export function getOnly(app: Express, path: string, handler: RequestHandler): void {
  app.route(path).get(handler).all(methodNotAllowed('GET, HEAD'));
}

/** @param allowed as the Allow header spells it */
export function methodNotAllowed(allowed: string): RequestHandler {
  return (_req, res) => {
    res.status(405).set('Allow', allowed).type('text/plain').send('method not allowed\n');
  };
}
