import type { RequestHandler } from 'express';

const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/** No request needs a body; a small one is let pass unread. */
const BODY_MAX = 65_536;

/** Headers for every answer, unless the web configuration has set one already, and the limit on bodies. */
export const requestGuard: RequestHandler = (req, res, next) => {
  for (const [name, value] of Object.entries(HEADERS)) if (!res.hasHeader(name)) res.setHeader(name, value);
  const length = Number(req.headers['content-length'] ?? 0);
  if (req.headers['transfer-encoding'] !== undefined || !(length <= BODY_MAX)) {
    res.set('Connection', 'close').status(413).type('text/plain').send('request body too large\n');
    return;
  }
  next();
};
