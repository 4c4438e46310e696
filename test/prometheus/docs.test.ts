import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type AlertRule, alertRules } from './rules.ts';

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));

function row({ alert, labels, for: wait = '' }: AlertRule): string {
  const link = `[${alert}](runbooks.md#${alert.toLowerCase()})`;
  return `| ${link} | ${labels['severity']} | ${wait} | ${labels['bridge'] ?? ''} |`;
}

// Run with --update, this writes the table into the document.
test('docs/alerts.md has every rule', async () => {
  const path = `${DOCS}alerts.md`;
  const table = ['| Alert | Severity | After | `bridge` |', '|---|---|---|---|', ...alertRules().map(row)];
  const text = readFileSync(path, 'utf8').replace(
    /(<!-- rules: begin .*-->\n)[\s\S]*(<!-- rules: end -->)/,
    (_, begin: string, end: string) => `${begin}${table.join('\n')}\n${end}`,
  );
  expect(text).toContain(table.join('\n'));
  await expect(text).toMatchFileSnapshot(path);
});

test('docs/runbooks.md has meaning, impact and remedy of every alert, and of nothing else', () => {
  const [, ...sections] = readFileSync(`${DOCS}runbooks.md`, 'utf8').split(/^### /m);
  const names = sections.map((section) => section.split('\n', 1)[0]);
  const told = [...readFileSync(`${DOCS}alerts.md`, 'utf8').matchAll(/^\| \[(ModelArts\w+)\]/gm)].map(
    ([, alert]) => alert,
  );
  expect(names.sort()).toEqual([...new Set(told)].sort());
  for (const section of sections) {
    expect(section).toMatch(/\*\*Meaning\.\*\* [\s\S]+\*\*Impact\.\*\* [\s\S]+\*\*What to do\.\*\*/);
  }
});

test.each(['alerts.md', 'runbooks.md'])('links within %s lead somewhere', (name) => {
  const anchors = (file: string) =>
    [...readFileSync(`${DOCS}${file}`, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading.toLowerCase().replaceAll(' ', '-'),
    );
  for (const [, file, anchor = ''] of readFileSync(`${DOCS}${name}`, 'utf8').matchAll(
    /\]\(([\w.-]*\.md)?#([^)]+)\)/g,
  )) {
    expect(anchors(file ?? name)).toContain(anchor);
  }
});
