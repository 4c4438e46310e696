import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The documents for people, relative to the root. */
export function documents(): string[] {
  const docs = readdirSync(`${ROOT}docs`).filter((name) => name.endsWith('.md'));
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...docs.sort().map((name) => `docs/${name}`)];
}

export function textOf(document: string): string {
  return readFileSync(`${ROOT}${document}`, 'utf8');
}

/** The code blocks of a document with exactly this word after the fence. */
export function blocks(document: string, language: string): string[] {
  return [...textOf(document).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, body = '']) => body,
  );
}

/** Compares what stands between marks of a document with what the code says; with --update, writes it. */
export async function expectSections(
  document: string,
  sections: Readonly<Record<string, string>>,
): Promise<void> {
  let text = textOf(document);
  for (const [mark, content] of Object.entries(sections)) {
    const pattern = new RegExp(`(<!-- ${mark}: begin .*-->\\n)[\\s\\S]*(\\n<!-- ${mark}: end -->)`);
    expect(text).toMatch(pattern);
    text = text.replace(pattern, (_, begin: string, end: string) => `${begin}\n${content}\n${end}`);
  }
  await expect(text).toMatchFileSnapshot(`${ROOT}${document}`);
}

/** A table of Markdown. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), `|${header.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
