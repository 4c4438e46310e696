import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Request, Response } from 'express';
import { acceptsGzip } from '../metrics/negotiation.ts';

const compress = promisify(gzip);
/** In characters: what fits into one packet gains nothing. */
const COMPRESSED_FROM = 1_400;
/** The first level has most of what the others have, in half their time. */
const LEVEL = 1;

/**
 * Answers with a text, compressed where the client takes gzip.
 * @param type as `res.type` takes it
 */
export async function sendText(req: Request, res: Response, type: string, text: string): Promise<void> {
  res.type(type).vary('Accept-Encoding');
  if (text.length < COMPRESSED_FROM || !acceptsGzip(req.get('accept-encoding'))) {
    res.send(text);
    return;
  }
  const body = await compress(text, { level: LEVEL });
  res.set('Content-Encoding', 'gzip').send(body);
}

/** The same for a value, as JSON. */
export function sendJson(req: Request, res: Response, value: unknown): Promise<void> {
  return sendText(req, res, 'json', JSON.stringify(value));
}
