import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type Document, readDocumentation } from '../../src/web/documentation.ts';
import { search } from '../../src/web/documentation-search.ts';
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
      if (target.startsWith('/docs/files/')) {
        expect((await get(target)).status, link).toBe(200);
        continue;
      }
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
  '/docs/files/package.json',
  '/docs/files/prometheus/..%2f..%2fpackage.json',
])('%s is no document', async (path) => {
  expect((await get(path)).status).toBe(404);
});

function reading(files: Readonly<Record<string, string>>) {
  return (file: string): string => {
    const text = files[file];
    if (text === undefined) throw new Error(`no ${file}`);
    return text;
  };
}

test('what the exporter does not serve is no link, and HTML in a document is left out', async () => {
  const files: Readonly<Record<string, string>> = {
    'README.md': '# A & B\n\n[x](docs/x.md#c-d) [out](https://example.com/) [file](LICENSE) ![p](p.png)\n',
    'docs/x.md':
      'No heading <script>alert(1)</script>\n\n<b>block</b>\n\n[up](../README.md) [bad](javascript:alert)\n',
  };
  const { documents } = await readDocumentation(reading(files));
  const shown = ({ title, sections }: Document) => [
    title,
    sections.map(({ content }) => content.html).join(''),
  ];
  expect(Object.fromEntries([...documents].map(([path, document]) => [path, shown(document)]))).toEqual({
    '/docs': [
      'A & B',
      '<h1 id="a--b">A &amp; B</h1>\n<p><a href="/docs/x#c-d">x</a> <a href="https://example.com/">out</a> file </p>\n',
    ],
    '/docs/x': ['docs/x.md', '<p>No heading alert(1)</p>\n<p>block</p>\n<p><a href="/docs">up</a> bad</p>\n'],
  });
});

test('a file that a document shows is served where the package has it', async () => {
  const { documents, files } = await readDocumentation(
    reading({
      'README.md': '# R\n\n[x](docs/x.md)\n',
      'docs/x.md':
        '# X\n\n[here](../prometheus/a.yml) [not here](../deploy/b.yaml) [out](../../etc/passwd.yml)\n',
      'prometheus/a.yml': 'a: 1\n',
    }),
  );
  expect([...files]).toEqual([['/docs/files/prometheus/a.yml', 'a: 1\n']]);
  expect(documents.get('/docs/x')?.sections[0]?.content.html).toContain(
    '<a href="/docs/files/prometheus/a.yml">here</a> not here out',
  );
});

test('files that documents name come as what they are', async () => {
  const alerts = await get('/docs/files/prometheus/alerts.yml');
  expect([alerts.status, alerts.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
  expect(await alerts.text()).toContain('groups:');
  const schema = await get('/docs/files/config.schema.json');
  expect(schema.headers.get('content-type')).toBe('application/json; charset=utf-8');
});

test('a document shows its headings, its neighbours and every other document', async () => {
  const text = await (await get('/docs/alerts')).text();
  expect(text).toMatch(/<a href="\/docs\/alerts" aria-current="page">.*?<ul><li><a href="#/s);
  expect(text).toMatch(/rel="prev">Previous: .*rel="next">Next: /s);
});

test('the search finds sections by all of their words, headings first', async () => {
  const text = await (await get('/docs/search?q=modelartspoolabnormal')).text();
  expect(text).toContain('sections contain “modelartspoolabnormal”');
  const [, first] = /<ol class="findings">\s*<li><a href="([^"]+)"/.exec(text) ?? [];
  expect(first).toBe('/docs/runbooks#modelartspoolabnormal');
  expect(await (await get('/docs/search?q=xyzzy+%3Cb%3E')).text()).toContain(
    'Nothing contains “xyzzy &#60;b&#62;”',
  );
});

test('a finding shows whole words around what was searched for', async () => {
  const line = `${'before '.repeat(30)}The fault [job_hanged](#faults) | \`node_fault\` ${'behind '.repeat(30)}`;
  const { documents } = await readDocumentation(reading({ 'README.md': `# Faults\n\n${line}\n` }));
  const [found] = search(documents.values(), 'JOB_HANGED');
  expect(found?.excerpt).toMatch(/^… (before )+The fault job_hanged node_fault (behind )+…$/);
  expect(search(documents.values(), 'faults')[0]?.excerpt).toMatch(/before …$/);
});

test('a name breaks at the ends of its words only', async () => {
  const { documents } = await readDocumentation(reading({ 'README.md': '`a_b_c`\n' }));
  expect(documents.get('/docs')?.sections[0]?.content.html).toBe('<p><code>a_<wbr>b_<wbr>c</code></p>\n');
});

test('a document that could not be read is read again at the next request', async () => {
  let isBroken = true;
  const broken = await site({
    read: (file) => {
      if (isBroken) throw new Error('too many open files');
      return file === 'README.md' ? '# The exporter\n' : '';
    },
  });
  onTestFinished(() => broken.listening.close());
  expect((await fetch(`${broken.url}/docs`)).status).toBe(500);
  isBroken = false;
  expect((await fetch(`${broken.url}/docs`)).status).toBe(200);
});
