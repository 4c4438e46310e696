import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Answer, contentText } from '../../../src/simulator/answer.ts';
import { type Exchange, writeHead } from '../../../src/simulator/gateway.ts';
import type { Fault } from './fault.ts';

const CHUNK = Buffer.alloc(65_536, ' ');

/** Sends an answer, or whatever the fault makes of the sending. */
export async function deliver(
  { response, send }: Pick<Exchange, 'response' | 'send'>,
  answer: Answer,
  fault: Fault | undefined,
): Promise<void> {
  switch (fault?.kind) {
    case 'hang':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'huge':
      writeHead(response, answer);
      return stream(response, jsonOfBytes(fault.bytes));
    case 'gzip_bomb':
      writeHead(response, answer).setHeader('Content-Encoding', 'gzip');
      return stream(response, jsonOfBytes(fault.bytes), createGzip());
    case 'cut': {
      const body = Buffer.from(contentText(answer));
      writeHead(response, answer).setHeader('Content-Length', body.length);
      response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
      return;
    }
    default:
      send(answer);
  }
}

/** An empty list with very much space in it: valid JSON, if anybody waits for its end. */
function* jsonOfBytes(bytes: number): Generator<Buffer> {
  yield Buffer.from('{"events":[');
  for (let left = bytes - 13; left > 0; left -= CHUNK.length) {
    yield left < CHUNK.length ? CHUNK.subarray(0, left) : CHUNK;
  }
  yield Buffer.from(']}');
}

async function stream(
  response: ServerResponse,
  chunks: Iterable<Buffer>,
  through?: NodeJS.ReadWriteStream,
): Promise<void> {
  const source = Readable.from(chunks);
  try {
    await (through === undefined ? pipeline(source, response) : pipeline(source, through, response));
  } catch {
    // the client has seen enough and closed: what a client should do
  }
}
