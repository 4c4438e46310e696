import { expect, test } from 'vitest';
import { type RowsRequest, readRows } from '../../../src/kinds/inference-service/rows.ts';
import { ApiError } from '../../../src/modelarts/errors.ts';

interface Server {
  readonly rows: number;
  readonly counts: 'records' | 'pages' | 'ignored';
  readonly cap: number;
  readonly hasTotal: boolean;
}

/** A server with so many rows, each its own number. */
function serve({ rows, counts, cap, hasTotal }: Server, onRequest: (rows: number[]) => void = () => {}) {
  const all = Array.from({ length: rows }, (_, index) => index);
  const requests: [limit: number, offset: number][] = [];
  const fetch: RowsRequest['fetch'] = async (limit, offset) => {
    requests.push([limit, offset]);
    if (counts === 'records' && offset % limit !== 0) throw new ApiError('other', 'x', { status: 400 });
    const size = Math.min(limit, cap);
    const from = { records: offset, pages: offset * size, ignored: 0 }[counts];
    const items = all.slice(from, from + size);
    onRequest(all);
    return { items, total: hasTotal ? all.length : undefined };
  };
  return { requests, fetch };
}

const WHOLE: Omit<RowsRequest, 'fetch'> = {
  limits: [500],
  rowsMax: 100_000,
  keyOf: String,
  isEnough: () => false,
};

const SERVERS = [0, 1, 2, 3, 5, 24, 499, 500, 501, 2_345].flatMap((rows) =>
  (['records', 'pages'] as const).flatMap((counts) =>
    [1, 2, 3, 4, 7, 500].flatMap((cap) =>
      [true, false].map((hasTotal): Server => ({ rows, counts, cap, hasTotal })),
    ),
  ),
);

test.each(SERVERS.filter(({ rows, cap }) => rows / Math.max(1, cap - 1) < 450))(
  'all $rows rows come where offset counts $counts, in pages of $cap, with a total: $hasTotal',
  async (server) => {
    const { fetch } = serve(server);
    const { pages, isWhole, hasGap, place } = await readRows({ ...WHOLE, fetch });
    expect(new Set(pages.flat()).size).toBe(server.rows);
    expect([isWhole, hasGap, place]).toEqual([true, false, undefined]);
  },
);

test('a page that is enough ends it, and the smaller first page mostly is', async () => {
  const { fetch, requests } = serve({ rows: 3_000, counts: 'records', cap: 500, hasTotal: true });
  const enough = (items: readonly unknown[]) => items.includes(60);
  await readRows({ ...WHOLE, fetch, limits: [100, 500], isEnough: enough });
  expect(requests).toEqual([[100, 0]]);
  requests.length = 0;
  await readRows({ ...WHOLE, fetch, limits: [100, 500], isEnough: (items) => items.includes(600) });
  expect(requests).toEqual([
    [100, 0],
    [500, 0],
    [400, 400],
  ]);
});

test.each(['records', 'pages'] as const)(
  'what stops at its limit goes on where it stopped: %s',
  async (counts) => {
    const { fetch } = serve({ rows: 2_000, counts, cap: 500, hasTotal: true });
    const seen = new Set<unknown>();
    let from: Awaited<ReturnType<typeof readRows>>['place'];
    for (let reads = 0; reads < 10; reads += 1) {
      const read = await readRows({ ...WHOLE, fetch, rowsMax: 600, from });
      for (const item of read.pages.flat()) seen.add(item);
      from = read.place;
      if (from === undefined) break;
    }
    expect(from).toBeUndefined();
    expect(seen.size).toBe(2_000);
  },
);

test('a failure half-way keeps what was read and the place', async () => {
  const { fetch, requests } = serve({ rows: 2_000, counts: 'records', cap: 500, hasTotal: true });
  const failing: RowsRequest['fetch'] = async (limit, offset) => {
    if (offset === 800) throw new ApiError('server', 'down', { status: 503 });
    return fetch(limit, offset);
  };
  const { pages, place, failure } = await readRows({ ...WHOLE, fetch: failing });
  expect([pages.flat().length, place?.row, failure?.reason]).toEqual([900, 800, 'server']);
  requests.length = 0;
  const rest = await readRows({ ...WHOLE, fetch, from: place });
  expect(new Set([...pages.flat(), ...rest.pages.flat()]).size).toBe(2_000);
  expect(requests[0]).toEqual([400, 800]);
});

test('rows that are added in front meanwhile push the others down, and hide none', async () => {
  let next = -1;
  const { fetch } = serve({ rows: 1_000, counts: 'records', cap: 100, hasTotal: true }, (all) => {
    all.unshift(next);
    next -= 1;
  });
  const { pages } = await readRows({ ...WHOLE, fetch });
  const old = pages.flat().filter((row) => Number(row) >= 0);
  expect(new Set(old).size).toBe(1_000);
});

test('a server that ignores offset is found out, whether or not it tells a total', async () => {
  for (const hasTotal of [true, false]) {
    const { fetch, requests } = serve({ rows: 2_000, counts: 'ignored', cap: 500, hasTotal });
    const { pages, hasGap, isWhole } = await readRows({ ...WHOLE, fetch });
    expect([new Set(pages.flat()).size, hasGap, isWhole]).toEqual([500, true, false]);
    expect(requests.length).toBe(3);
  }
});

test.each(['records', 'pages'] as const)(
  'a list that is lost behind the first page is a failure, and comes with the next reading: offset counts %s',
  async (counts) => {
    const { fetch } = serve({ rows: 1_000, counts, cap: 500, hasTotal: true });
    for (const lostAt of [1, 2]) {
      let pagesToCome = lostAt;
      const losing: RowsRequest['fetch'] = async (limit, offset) => {
        const rows = await fetch(limit, offset);
        // A page behind the end, as it is asked for to learn what `offset` counts, is no loss.
        if (rows.items.length === 0 || pagesToCome-- !== 0) return rows;
        return { items: [], total: rows.total, isAbsent: true };
      };
      const first = await readRows({ ...WHOLE, fetch: losing }).catch((failure: ApiError) => ({
        pages: [],
        place: undefined,
        failure,
      }));
      expect(first.failure).toBeDefined();
      const rest = await readRows({ ...WHOLE, fetch: losing, from: first.place });
      expect(new Set([...first.pages, ...rest.pages].flat()).size).toBe(1_000);
    }
  },
);
