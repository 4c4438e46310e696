import type { Express, RequestHandler } from 'express';

/** Routes GET and HEAD to the handler. Any other method gets a 405. */
export function getOnly(app: Express, path: string, handler: RequestHandler): void {
  app.route(path).get(handler).all(methodNotAllowed('GET, HEAD'));
}

/** @param allowed the value of the Allow header, such as `GET, HEAD` */
export function methodNotAllowed(allowed: string): RequestHandler {
  return (_req, res) => {
    res.status(405).set('Allow', allowed).type('text/plain').send('method not allowed\n');
  };
}
