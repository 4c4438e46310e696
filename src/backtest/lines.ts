import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** A line of a file, without its end. */
export interface Line {
  readonly number: number;
  /** Undefined where it is longer than a line may be. */
  readonly text: string | undefined;
}

/** The largest answer that the exporter takes by default is as long, and a line holds one event of it. */
const LINE_BYTES_MAX = 16 * 1024 * 1024;
const NEWLINE = 0x0a;
const GZIP = Buffer.from([0x1f, 0x8b]);

/** The lines of a file, also where it is compressed by gzip, as rotated logs are. */
export function linesOfFile(path: string): AsyncGenerator<Line> {
  return linesOf(createReadStream(path));
}

/** Lines of bytes that may be compressed; empty ones are left out. */
export async function* linesOf(source: Readable): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let size = 0;
  let number = 0;
  const end = (): Line => {
    number += 1;
    const text = size > LINE_BYTES_MAX ? undefined : Buffer.concat(parts).toString().trim();
    parts = [];
    size = 0;
    return { number, text };
  };
  const add = (part: Buffer) => {
    size += part.length;
    if (size <= LINE_BYTES_MAX) parts.push(part);
    else parts = [];
  };
  for await (const chunk of decompressed(source)) {
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      add(chunk.subarray(from, to));
      from = to + 1;
      const line = end();
      if (line.text !== '') yield line;
    }
    add(chunk.subarray(from));
  }
  if (size > 0) {
    const line = end();
    if (line.text !== '') yield line;
  }
}

/** Told by the first bytes and not by the name: standard input has none. */
async function* decompressed(source: Readable): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let head = Buffer.alloc(0);
  while (head.length < GZIP.length) {
    const { done, value } = await chunks.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  async function* whole(): AsyncGenerator<Buffer> {
    try {
      yield head;
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
    } finally {
      // A reader that needs no more leaves no file open.
      source.destroy();
    }
  }
  const isCompressed = head.subarray(0, GZIP.length).equals(GZIP);
  // Whoever reads what comes out gets the errors.
  if (isCompressed)
    yield* pipeline(Readable.from(whole()), createGunzip(), () => {}) as AsyncIterable<Buffer>;
  else yield* whole();
}
