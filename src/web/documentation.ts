import { posix } from 'node:path';
import type { Tokens } from 'marked';
import { type Html, html } from './pages/html.ts';
import { DOCUMENTATION_PATH } from './pages/layout.ts';

/** A heading with what stands below it, up to the next heading. */
export interface Section {
  readonly anchor: string;
  readonly title: string;
  /** 1 is the document's own heading. */
  readonly depth: number;
  readonly content: Html;
  /** For the search. */
  readonly text: string;
}

export interface Document {
  readonly path: string;
  readonly title: string;
  readonly sections: readonly Section[];
}

/** The project's own documents, and the files that they show, by the paths under which they are served. */
export interface Library {
  /** In the order in which one reads them. */
  readonly documents: ReadonlyMap<string, Document>;
  readonly files: ReadonlyMap<string, string>;
}

export const FILES_PATH = `${DOCUMENTATION_PATH}/files`;

/**
 * Reads the README, each file of the folder `docs` that the README leads to, and the examples that these name.
 * @param read the text of a file of the package
 * @throws Error where a document can't be read
 */
export async function readDocumentation(read: (file: string) => string): Promise<Library> {
  const readme = read('README.md');
  const linked = [...readme.matchAll(/\]\((docs\/[\w-]+\.md)/g)].map(([, file = '']) => file);
  const names = ['README.md', ...new Set(linked)];
  const texts = names.map(read);
  const files = examplesOf(names, texts, read);
  // marked is loaded only now, because most exporters are never asked for a document.
  const { Marked } = await import('marked');
  const documents = names.map((file, index): Document => {
    const marked = new Marked({ renderer: rendererOf(file, names, files), async: false });
    const sections: Section[] = [];
    let tokens: Tokens.Generic[] = [];
    const close = () => {
      const [first] = tokens;
      const isHeading = first?.type === 'heading';
      const title = isHeading ? plain(String(first['text'])) : file;
      if (tokens.length > 0) {
        sections.push({
          anchor: isHeading ? anchorOf(String(first['text'])) : '',
          title,
          depth: isHeading ? Number(first['depth']) : 1,
          content: { html: marked.parser(tokens as Tokens.Generic[] as never) },
          text: tokens
            .slice(isHeading ? 1 : 0)
            .map(({ raw }) => raw)
            .join(''),
        });
      }
      tokens = [];
    };
    for (const token of marked.lexer(texts[index] ?? '')) {
      if (token.type === 'heading') close();
      tokens.push(token as Tokens.Generic);
    }
    close();
    return { path: pathOf(file), title: sections[0]?.title ?? file, sections };
  });
  return {
    documents: new Map(documents.map((document) => [document.path, document])),
    files: new Map([...files].map(([file, text]) => [`${FILES_PATH}/${file}`, text])),
  };
}

/** The files that documents link to and the package has, such as `prometheus/alerts.yml`. */
function examplesOf(
  names: readonly string[],
  texts: readonly string[],
  read: (file: string) => string,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [index, name] of names.entries()) {
    for (const [, link = ''] of (texts[index] ?? '').matchAll(
      /\]\(([\w./-]+\.(?:ya?ml|json|tmpl|alloy|service))\)/g,
    )) {
      const file = posix.join(posix.dirname(name), link);
      if (file.startsWith('..') || found.has(file)) continue;
      try {
        found.set(file, read(file));
      } catch {
        // Not every file of the repository is in the package: then its name is no link.
      }
    }
  }
  return found;
}

function pathOf(file: string): string {
  return file === 'README.md' ? DOCUMENTATION_PATH : `/${file.replace(/\.md$/, '')}`;
}

/** These documents link to each other and to headings. Their pictures and any HTML in them are left out. */
function rendererOf(file: string, names: readonly string[], files: ReadonlyMap<string, string>) {
  return {
    heading(this: Renderer, { tokens, depth, text }: Tokens.Heading): string {
      return `<h${depth} id="${anchorOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
    },
    link(this: Renderer, { href, tokens }: Tokens.Link): string {
      const text = { html: this.parser.parseInline(tokens) };
      const target = targetOf(href, file, names, files);
      return target === undefined ? text.html : html`<a href="${target}">${text}</a>`.html;
    },
    codespan({ text }: Tokens.Codespan): string {
      // A long name may break where its words end, and nowhere else.
      return html`<code>${text.split(/(?<=[_/.=,{])/).map((part) => html`${part}<wbr>`)}</code>`.html.replace(
        /<wbr><\/code>$/,
        '</code>',
      );
    },
    image: (): string => '',
    html: (): string => '',
  };
}

interface Renderer {
  readonly parser: { parseInline(tokens: Tokens.Generic[]): string };
}

/** A heading without the marks of Markdown. */
function plain(heading: string): string {
  return heading.replace(/`|\*\*/g, '').replace(/\[([^\]]+)\]\([^)]*\)/g, '$1');
}

/** The anchor that GitHub gives a heading, so that the same links work there and here. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

/** Where a link leads. Undefined if the exporter does not serve that file. */
function targetOf(
  href: string,
  file: string,
  names: readonly string[],
  files: ReadonlyMap<string, string>,
): string | undefined {
  if (/^(https?:|#)/.test(href)) return href;
  const [path = '', anchor] = href.split('#');
  const linked = posix.join(posix.dirname(file), path);
  if (files.has(linked)) return `${FILES_PATH}/${linked}`;
  if (!names.includes(linked)) return undefined;
  return pathOf(linked) + (anchor === undefined ? '' : `#${anchor}`);
}
