import { posix } from 'node:path';
import type { Tokens } from 'marked';
import { type Html, html } from './pages/html.ts';
import { DOCUMENTATION_PATH } from './pages/layout.ts';

export interface Document {
  readonly title: string;
  readonly content: Html;
}

/**
 * The project's own documents as pages, by the path under which they are served: the README at `/docs`,
 * and each file of the folder `docs` that the README leads to, without its ending.
 * @param read the text of a file of the package
 * @throws Error where one can't be read
 */
export async function readDocumentation(
  read: (file: string) => string,
): Promise<ReadonlyMap<string, Document>> {
  const readme = read('README.md');
  const linked = [...readme.matchAll(/\]\((docs\/[\w-]+\.md)/g)].map(([, file = '']) => file);
  const files = ['README.md', ...new Set(linked)];
  const texts = files.map(read);
  // marked is loaded only now, because most exporters are never asked for a document.
  const { Marked } = await import('marked');
  return new Map(
    files.map((file, index) => {
      const text = texts[index] ?? '';
      const renderer = rendererOf(file, files);
      const rendered = new Marked({ renderer, async: false }).parse(text) as string;
      return [pathOf(file), { title: /^# (.+)$/m.exec(text)?.[1] ?? file, content: { html: rendered } }];
    }),
  );
}

function pathOf(file: string): string {
  return file === 'README.md' ? DOCUMENTATION_PATH : `/${file.replace(/\.md$/, '')}`;
}

/** These documents link to each other and to headings. Their pictures and any HTML in them are left out. */
function rendererOf(file: string, files: readonly string[]) {
  return {
    heading(this: Renderer, { tokens, depth, text }: Tokens.Heading): string {
      return `<h${depth} id="${anchorOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
    },
    link(this: Renderer, { href, tokens }: Tokens.Link): string {
      const text = { html: this.parser.parseInline(tokens) };
      const target = targetOf(href, file, files);
      return target === undefined ? text.html : html`<a href="${target}">${text}</a>`.html;
    },
    image: (): string => '',
    html: (): string => '',
  };
}

interface Renderer {
  readonly parser: { parseInline(tokens: Tokens.Generic[]): string };
}

/** The anchor that GitHub gives a heading, so that the same links work there and here. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

/** Where a link leads. Undefined if the exporter does not serve that file. */
function targetOf(href: string, file: string, files: readonly string[]): string | undefined {
  if (/^(https?:|#)/.test(href)) return href;
  const [path = '', anchor] = href.split('#');
  const linked = posix.join(posix.dirname(file), path);
  if (!files.includes(linked)) return undefined;
  return pathOf(linked) + (anchor === undefined ? '' : `#${anchor}`);
}
