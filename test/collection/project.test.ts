import { expect, test } from 'vitest';
import { Project } from '../../src/collection/project.ts';
import type { ProjectConfig } from '../../src/config/config.ts';
import { perKind } from '../../src/kind-table.ts';
import type { ApiRequest } from '../../src/modelarts/api.ts';
import { systemTimers } from '../../src/timers.ts';

const DISCOVERY = { enabled: false };

const load = () => ({ rate: 20, part: 20, isScarce: false, throttledFor: 0 });

test('a project that retires lets nothing wait for longer than a request may take', async () => {
  const config = {
    name: 'prod',
    api: { timeout: 20, concurrency: 1 },
    discovery: perKind(() => DISCOVERY),
  } as unknown as ProjectConfig;
  let close = () => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  const api = {
    request: () => closed,
    timers: systemTimers,
    projectId: async () => 'id',
    isThrottled: () => false,
    load,
    close,
  };
  const project = new Project(config, api, {
    clock: () => 0,
    metrics: { api: { projectInfo: () => {} } },
    reporter: { listingFailed: () => {} },
    onListed: () => {},
  });
  const ended: string[] = [];
  for (const name of ['under way', 'waiting']) {
    void project.line
      .read(
        () => 0,
        () => closed,
      )
      .then(() => ended.push(name));
  }
  await project.retire();
  expect(ended).toEqual(['under way', 'waiting']);
});

test('a listing goes ahead of the refreshes that wait, and not beside the one under way', async () => {
  const config = {
    name: 'prod',
    api: { timeout: 20, concurrency: 1 },
    discovery: {
      ...perKind(() => DISCOVERY),
      pool: { enabled: true, refresh: 60_000, linger: 0, include: [], exclude: [], status: [] },
    },
  } as unknown as ProjectConfig;
  const order: string[] = [];
  const api = {
    request: async ({ operation }: ApiRequest) => {
      order.push(operation);
      return { items: [] };
    },
    timers: systemTimers,
    projectId: async () => 'id',
    isThrottled: () => false,
    load,
    close: () => {},
  };
  const project = new Project(config, api, {
    clock: () => 0,
    metrics: { api: { projectInfo: () => {} } },
    reporter: { listingFailed: () => {} },
    onListed: () => {},
  });
  let end = () => {};
  const first = project.line.read(
    () => 0,
    () => new Promise<void>((resolve) => (end = resolve)),
  );
  const second = project.line.read(
    () => 0,
    async () => order.push('refresh'),
  );
  const listing = project.discover();
  expect(order).toEqual([]);
  end();
  await Promise.all([first, second, listing]);
  expect(order).toEqual(['list_pools', 'refresh']);
});
