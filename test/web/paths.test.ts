import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Site, site } from './fake-backend.ts';

let web: Site;
beforeEach(async () => {
  web = await site({
    paths: { telemetry: '/own/metrics', routePrefix: '/inside', linkPrefix: '/outside' },
  });
});
afterEach(() => web.listening.close());

const get = (path: string) => fetch(`${web.url}${path}`, { redirect: 'manual' });

test('everything is below the route prefix, the metrics at their own path', async () => {
  for (const path of [
    '/',
    '/own/metrics',
    '/sd',
    '/-/healthy',
    '/api/v1/targets',
    '/docs',
    '/assets/style.css',
  ])
    expect([path, (await get(`/inside${path}`)).status]).toEqual([path, 200]);
  for (const path of ['/own/metrics', '/-/healthy', '/inside/metrics', '/outside/'])
    expect([path, (await get(path)).status]).toEqual([path, 404]);
});

test('the root leads to where the browser finds the exporter', async () => {
  const { status, headers } = await get('/');
  expect([status, headers.get('location')]).toEqual([302, '/outside/']);
});

test.each(['/', '/targets/prod/service/s1', '/docs/alerts'])(
  'all links of %s begin as the browser needs it',
  async (path) => {
    const text = await (await get(`/inside${path}`)).text();
    const links = [...text.matchAll(/(?:href|src|action)="(\/[^"]*)"/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((link) => !link.startsWith('/outside/'))).toEqual([]);
    expect(links).toContain('/outside/own/metrics');
    expect(links).not.toContain('/outside/metrics');
  },
);

test('service discovery leads Prometheus to the probes', async () => {
  const groups = (await (await get('/inside/sd')).json()) as { labels: Record<string, string> }[];
  expect(new Set(groups.map(({ labels }) => labels['__metrics_path__']))).toEqual(new Set(['/inside/probe']));
});
