import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../laws.ts';
import { site } from '../web/fake-backend.ts';

const word = fc.oneof(
  fc.constantFrom(
    'metrics',
    'probe',
    'sd',
    'docs',
    'api',
    'v1',
    'events',
    'targets',
    '-',
    'ready',
    '..',
    '%2e%2e',
    '%',
    '',
  ),
  fc.string({ maxLength: 12 }),
  fc.constantFrom('%00', '%ff', '\u202e', '<script>\'"', 'x'.repeat(9_000), '\r\nX: y'),
);
const pair = fc.tuple(
  fc.constantFrom('kind', 'project', 'target', 'limit', 'problem', 'page', '__proto__'),
  word,
);
const request = fc
  .record({
    method: fc.constantFrom(
      'GET',
      'HEAD',
      'POST',
      'PUT',
      'DELETE',
      'OPTIONS',
      'TRACE',
      'get',
      'NONSENSE',
      '',
    ),
    path: fc.array(word, { maxLength: 4 }).map((words) => `/${words.join('/')}`),
    query: fc.array(pair, { maxLength: 3 }),
    version: fc.constantFrom('HTTP/1.1', 'HTTP/1.0', 'HTTP/9', ''),
    headers: fc.array(
      fc.tuple(
        fc.constantFrom(
          'Host',
          'Accept',
          'Accept-Encoding',
          'X-Prometheus-Scrape-Timeout-Seconds',
          'Content-Length',
        ),
        fc.oneof(
          word,
          fc.constantFrom('-1', '1e9', 'gzip;q=0', 'application/openmetrics-text;version=1.0.0;q=x'),
        ),
      ),
      { maxLength: 4 },
    ),
    body: fc.string({ maxLength: 30 }),
  })
  .map(({ method, path, query, version, headers, body }) => {
    const target = query.length === 0 ? path : `${path}?${query.map((entry) => entry.join('=')).join('&')}`;
    const lines = [`${method} ${target} ${version}`, ...headers.map((entry) => entry.join(': '))];
    if (!headers.some(([name]) => name === 'Host')) lines.push('Host: localhost');
    return `${lines.join('\r\n')}\r\nConnection: close\r\n\r\n${body}`;
  });

/** What a server says to bytes that need not be a request. */
async function answerTo(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  socket.end(bytes, 'latin1');
  await once(socket, 'close');
  return answer;
}

async function statusOf(url: URL, agent: Agent): Promise<number | undefined> {
  const [answer]: IncomingMessage[] = await once(get(url, { agent }), 'response');
  answer?.resume();
  return answer?.statusCode;
}

test('requests of any kind are answered or refused, and harm nothing', async () => {
  const { url, errors, listening } = await site();
  const port = Number(new URL(url).port);
  const agent = new Agent({ keepAlive: true });
  try {
    await fc.assert(
      fc.asyncProperty(request, async (bytes) => {
        const answer = await answerTo(port, bytes);
        expect(answer).toMatch(/^(HTTP\/1\.1 [234]\d\d |$)/);
        expect(answer).not.toMatch(/\bat \S+ \(|node:internal|\.ts:\d/);
        expect(await statusOf(new URL('/-/healthy', url), agent)).toBe(200);
      }),
      runs(1_000),
    );
    expect(errors).toEqual([]);
  } finally {
    agent.destroy();
    await listening.close();
  }
});
