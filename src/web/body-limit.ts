import type { RequestHandler } from 'express';

/** In bytes. No path of the exporter needs a body, and none reads it, but clients may send a small one. */
const BODY_MAX = 65_536;

/** Answers 413 to a request whose body is larger, or of unknown length. */
export const bodyLimit: RequestHandler = (req, res, next) => {
  const length = Number(req.headers['content-length'] ?? 0);
  if (req.headers['transfer-encoding'] !== undefined || !(length <= BODY_MAX)) {
    res.set('Connection', 'close').status(413).type('text/plain').send('request body too large\n');
    return;
  }
  next();
};
