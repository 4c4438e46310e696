import type { Document } from '../documentation.ts';
import type { Finding } from '../documentation-search.ts';
import { type Html, html } from './html.ts';
import { DOCUMENTATION_PATH, page } from './layout.ts';

export const SEARCH_PATH = `${DOCUMENTATION_PATH}/search`;

/** A document with its contents, the other documents, and the ways to the one before and the one after. */
export function documentPage(document: Document, all: readonly Document[], firing: number): string {
  const index = all.findIndex(({ path }) => path === document.path);
  const beside = (other: Document | undefined, words: string, rel: string) =>
    other === undefined
      ? html`<span></span>`
      : html`<a href="${other.path}" rel="${rel}">${words}: ${other.title}</a>`;
  return page(
    { title: document.title, firing },
    html`<div class="library">
${contents(document, all)}
<article class="document">${document.sections.map(({ content }) => content)}
<nav class="beside" aria-label="Before and after">${beside(all[index - 1], 'Previous', 'prev')}${beside(all[index + 1], 'Next', 'next')}</nav>
</article>
</div>`,
  );
}

export function searchPage(
  query: string,
  findings: readonly Finding[],
  all: readonly Document[],
  firing: number,
): string {
  const list = html`<ol class="findings">
${findings.map(
  ({
    document,
    section,
    excerpt,
  }) => html`<li><a href="${document.path}#${section.anchor}">${section.title}</a> <span class="quiet">${document.title}</span><br>${excerpt}</li>
`,
)}</ol>`;
  return page(
    { title: `${query} – search`, firing },
    html`<div class="library">
${contents(undefined, all, query)}
<article class="document"><h1>Search</h1>
<p role="status">${findings.length === 0 ? `Nothing contains “${query}”.` : `${findings.length} sections contain “${query}”.`}</p>
${findings.length === 0 ? undefined : list}</article>
</div>`,
  );
}

/** The search, and every document; of the one that is shown, its headings too. */
function contents(shown: Document | undefined, all: readonly Document[], query = ''): Html {
  return html`<div class="contents">
<form action="${SEARCH_PATH}" method="get" role="search"><input name="q" type="search" value="${query}" aria-label="Search the documents" placeholder="Search"><button type="submit">Search</button></form>
<a class="narrow" href="#documents">Contents</a>
<nav id="documents" aria-label="Documents"><ul>
${all.map(
  (document) => html`<li>${
    document === shown
      ? html`<a href="${document.path}" aria-current="page">${document.title}</a>${headings(document)}`
      : html`<a href="${document.path}">${document.title}</a>`
  }</li>
`,
)}</ul></nav>
</div>`;
}

function headings({ sections }: Document): Html | undefined {
  const shown = sections.filter(({ depth, anchor }) => depth === 2 && anchor !== '');
  if (shown.length === 0) return undefined;
  return html`<ul>${shown.map(({ anchor, title }) => html`<li><a href="#${anchor}">${title}</a></li>`)}</ul>`;
}
