import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readDocumentation } from '../../src/web/documentation.ts';
import { ALERT, type Site, site } from './fake-backend.ts';

let web: Site;
beforeEach(async () => {
  web = await site();
});
afterEach(() => web.listening.close());

const get = (path: string) => fetch(`${web.url}${path}`);

test('the status page leads to every document, and each link to a page and a heading that is there', async () => {
  const seen = new Map<string, string>();
  const read = async (path: string): Promise<string> => {
    const known = seen.get(path);
    if (known !== undefined) return known;
    const response = await get(path);
    expect([response.status, response.headers.get('content-type')], path).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    const text = await response.text();
    seen.set(path, text);
    for (const [, link = ''] of text.matchAll(/href="([^"]+)"/g)) {
      const [target = '', anchor] = link.split('#');
      if (target !== '' && !target.startsWith('/docs')) continue;
      const page = target === '' ? text : await read(target);
      if (path.startsWith('/docs') && anchor !== undefined && anchor !== 'main') {
        expect(page, `${path}: ${link}`).toContain(`id="${anchor}"`);
      }
    }
    return text;
  };
  await read('/');
  const documents = readdirSync(new URL('../../docs/', import.meta.url)).filter((name) =>
    name.endsWith('.md'),
  );
  const paths = documents.map((name) => `/docs/${name.replace('.md', '')}`);
  expect([...seen.keys()].filter((path) => path !== '/').sort()).toEqual(['/docs', ...paths].sort());
  expect(seen.get('/docs/runbooks')).toMatch(
    /<title>Runbooks<\/title>[\s\S]*<h1 id="runbooks">Runbooks<\/h1>/,
  );
});

test('every alert of the status page leads to its runbook', async () => {
  const labels = { alertname: 'ModelArtsPoolAbnormal', severity: 'critical' };
  web.backend.firing = [{ ...ALERT, labels }];
  const [, runbook = ''] = /href="(\/docs\/runbooks#[^"]+)"/.exec(await (await get('/')).text()) ?? [];
  const [path = '', anchor] = runbook.split('#');
  expect(await (await get(path)).text()).toContain(`id="${anchor}"`);
});

test.each([
  '/docs/none',
  '/docs/README',
  '/docs/..%2fpackage.json',
  '/docs/%2e%2e%2f',
  '/docs/runbooks.md',
  '/docs/a/b',
])('%s is no document', async (path) => {
  expect((await get(path)).status).toBe(404);
});

test('what the exporter does not serve is no link, and HTML in a document is left out', async () => {
  const files: Readonly<Record<string, string>> = {
    'README.md': '# A & B\n\n[x](docs/x.md#c-d) [out](https://example.com/) [file](LICENSE) ![p](p.png)\n',
    'docs/x.md':
      'No heading <script>alert(1)</script>\n\n<b>block</b>\n\n[up](../README.md) [bad](javascript:alert)\n',
  };
  const documents = await readDocumentation((file) => files[file] ?? '');
  expect(
    Object.fromEntries([...documents].map(([path, { title, content }]) => [path, [title, content.html]])),
  ).toEqual({
    '/docs': [
      'A & B',
      '<h1 id="a--b">A &amp; B</h1>\n<p><a href="/docs/x#c-d">x</a> <a href="https://example.com/">out</a> file </p>\n',
    ],
    '/docs/x': ['docs/x.md', '<p>No heading alert(1)</p>\n<p>block</p>\n<p><a href="/docs">up</a> bad</p>\n'],
  });
});
