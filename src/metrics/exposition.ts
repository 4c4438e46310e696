import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import type { Format } from './lines.ts';
import { onlyNamed } from './name-filter.ts';
import { CONTENT_TYPES } from './negotiation.ts';

/** How long the exposition is written without letting others have their turn, in milliseconds. */
const SLICE = 5;
/** After it, a client that reads too slowly is cut off, in milliseconds. */
const SEND_TIMEOUT = 60_000;

export interface Exposition {
  readonly format: Format;
  /** The target series, read piece by piece while the answer is sent. */
  readonly chunks: Iterable<string>;
  /** The exporter's own metrics; none where targets are selected. */
  readonly self?: string;
  /** Of samples or families: only these are shown. All are where it is left out. */
  readonly names?: ReadonlySet<string>;
}

/** The whole text, piece by piece. */
export async function* expositionText(exposition: Exposition): AsyncGenerator<string, void> {
  const { format, chunks, self, names } = exposition;
  const selected = (text: Iterable<string>) => (names === undefined ? text : onlyNamed(text, names));
  let began = performance.now();
  for (const chunk of selected(chunks)) {
    yield chunk;
    if (performance.now() - began < SLICE) continue;
    await setImmediate();
    began = performance.now();
  }
  if (self !== undefined) yield* selected([self]);
  if (format === 'openmetrics') yield '# EOF\n';
}

/**
 * Answers with an exposition. It is compressed while it is sent: level 1 costs less than half of the
 * default level and comes out 4 % larger.
 * @throws when the client goes away or is too slow
 */
export async function sendExposition(
  res: ServerResponse,
  exposition: Exposition,
  gzip: boolean,
): Promise<void> {
  res.setHeader('Content-Type', CONTENT_TYPES[exposition.format]);
  res.setHeader('Vary', 'Accept, Accept-Encoding');
  if (gzip) res.setHeader('Content-Encoding', 'gzip');
  const text = Readable.from(expositionText(exposition));
  const options = { signal: AbortSignal.timeout(SEND_TIMEOUT) };
  if (gzip) await pipeline(text, createGzip({ level: 1, chunkSize: 65_536 }), res, options);
  else await pipeline(text, res, options);
}
