import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, get, type IncomingHttpHeaders, type Server } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterEach, expect, test, vi } from 'vitest';
import { type Exposition, expositionText, sendExposition } from '../../src/metrics/exposition.ts';
import type { Family } from '../../src/metrics/family.ts';
import { targetLines } from '../../src/metrics/lines.ts';
import { Scrapers } from '../../src/metrics/scrapers.ts';
import { SelfMetrics } from '../../src/metrics/self-metrics.ts';
import { SeriesStore } from '../../src/metrics/series-store.ts';
import { seededRandom } from '../../src/simulator/seeded-random.ts';
import { WAIT } from '../patience.ts';
import { PROGRAMS, testWith } from '../programs.ts';
import { parseExposition } from './parse.ts';

const events: Family = { name: 'x_events_total', type: 'counter', help: 'Events with "quotes".' };
const up: Family = { name: 'x_up', type: 'gauge', help: 'Whether it is up.' };

const HOSTILE = 'a "name" with \\ and \n and 名字 🙂 \u202e \0 \ud800';

function store(targets: number, families: readonly Family[] = [events, up]): SeriesStore {
  const filled = new SeriesStore(families);
  for (let index = 0; index < targets; index++) {
    const { sink, lines } = targetLines({ project: 'p', service_id: String(index), service_name: HOSTILE });
    for (const family of families) {
      for (const event_type of ['normal', 'abnormal']) sink(family, { event_type }, index);
    }
    filled.put({ project: 'p', kind: 'service', id: String(index) }, lines());
  }
  return filled;
}

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** Serves the exposition that `make` gives; `ended` gets what the sending came to. */
async function serve(
  make: () => Exposition,
  gzip: boolean,
  ended = (_error?: unknown) => {},
): Promise<string> {
  const server = createServer((_req, res) => {
    sendExposition(res, make(), gzip).then(() => ended(), ended);
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no address');
  return `http://127.0.0.1:${address.port}/`;
}

async function fetchRaw(url: string): Promise<{ headers: IncomingHttpHeaders; body: Buffer }> {
  const [res] = await once(get(url), 'response');
  const parts: Buffer[] = [];
  for await (const part of res) parts.push(part);
  return { headers: res.headers, body: Buffer.concat(parts) };
}

test('OpenMetrics ends with its mark, the text format without', async () => {
  const chunks = () => store(1).chunks('openmetrics');
  const openmetrics = await readText(
    expositionText({ format: 'openmetrics', chunks: chunks(), self: 'self 1\n' }),
  );
  expect(openmetrics.endsWith('\nself 1\n# EOF\n')).toBe(true);
  const text = await readText(expositionText({ format: 'text', chunks: chunks() }));
  expect(text).not.toContain('EOF');
});

test('gzip and plain answers hold the same, with their headers', async () => {
  const filled = store(3_000);
  const whole = [...filled.chunks('text')].join('');
  const make = (): Exposition => ({ format: 'text', chunks: filled.chunks('text') });
  const plain = await fetchRaw(await serve(make, false));
  expect(plain.headers).toMatchObject({
    'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    vary: 'Accept, Accept-Encoding',
  });
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(plain.body.toString()).toBe(whole);
  const zipped = await fetchRaw(await serve(make, true));
  expect(zipped.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(zipped.body).equals(plain.body)).toBe(true);
});

test.each([false, true])('a client that goes away ends the sending (gzip %s)', async (gzip) => {
  let isLetGo = false;
  const random = seededRandom(1);
  function* endless(): Generator<string, void> {
    try {
      for (;;) yield Array.from({ length: 4_000 }, () => random().toString(36)).join('\n');
    } finally {
      isLetGo = true;
    }
  }
  const ended = vi.fn();
  const url = await serve(() => ({ format: 'text', chunks: endless() }), gzip, ended);
  const request = get(url);
  const [res] = await once(request, 'response');
  res.resume();
  await once(res, 'data');
  request.destroy();
  await vi.waitFor(() => expect(ended).toHaveBeenCalledOnce(), WAIT);
  // It may be told so amid a turn for others.
  await vi.waitFor(() => expect(isLetGo).toBe(true), WAIT);
});

test('a client that does not read holds the writer back', async () => {
  let read = 0;
  function* endless(): Generator<string, void> {
    for (;;) {
      read += 1;
      yield 'x'.repeat(65_536);
    }
  }
  const url = await serve(() => ({ format: 'text', chunks: endless() }), false);
  const request = get(url);
  await once(request, 'response');
  let before = -1;
  await vi.waitFor(
    () => {
      const same = read === before;
      before = read;
      expect(same).toBe(true);
    },
    { ...WAIT, interval: 200 },
  );
  expect(read).toBeLessThan(1_000);
  request.destroy();
});

test('others have their turn even where nothing holds the writer back', async () => {
  function* busy(): Generator<string, void> {
    for (let i = 0; i < 30; i++) {
      const until = performance.now() + 2;
      while (performance.now() < until);
      yield 'x';
    }
  }
  let turns = 0;
  const count = () => {
    turns += 1;
    timer = setImmediate(count);
  };
  let timer = setImmediate(count);
  await readText(expositionText({ format: 'text', chunks: busy() }));
  clearImmediate(timer);
  expect(turns).toBeGreaterThanOrEqual(8);
});

test('a large scrape lets others have their turn', async () => {
  const families = Array.from({ length: 10 }, (_, i): Family => ({ ...events, name: `x_${i}_total` }));
  const filled = store(5_000, families);
  let inTurn = 0;
  let mostInTurn = 0;
  function* watched(): Generator<string, void> {
    for (const chunk of filled.chunks('text')) {
      inTurn += 1;
      mostInTurn = Math.max(mostInTurn, inTurn);
      yield chunk;
    }
  }
  const endTurn = () => {
    inTurn = 0;
    timer = setImmediate(endTurn);
  };
  let timer = setImmediate(endTurn);
  const url = await serve(() => ({ format: 'text', chunks: watched() }), true);
  const { body } = await fetchRaw(url);
  clearImmediate(timer);
  expect(gunzipSync(body).length).toBeGreaterThan(8_000_000);
  // Of 130 chunks: two are read while the one before is compressed.
  expect(mostInTurn).toBeLessThan(10);
});

testWith('promtool').each(['text', 'openmetrics'] as const)(
  'the whole %s exposition has no series or family twice',
  async (format) => {
    const self = new SelfMetrics({
      version: '1',
      shard: { index: 0, count: 1 },
      startedAt: 0,
      scrapers: new Scrapers({ now: () => 0 }),
      firing: () => [],
      loads: () => [],
    });
    const kinds = [{ project: 'p', kind: 'service' }] as const;
    await self.configure({ projects: ['p'], kinds, discoveries: kinds, operations: [], alertmanagers: [] });
    const exposition = { format, chunks: store(10).chunks(format), self: await self.text(format) };
    const whole = await readText(expositionText(exposition));
    expect(parseExposition(whole).size).toBeGreaterThan(80);
    if (format === 'openmetrics') return;
    const promtool = spawn(PROGRAMS.promtool, ['check', 'metrics']);
    promtool.stdin.end(whole);
    const [said, complained] = await Promise.all([readText(promtool.stdout), readText(promtool.stderr)]);
    expect(said + complained).toBe('');
  },
);
