import { type Html, html } from './html.ts';
import { filterLink, type PageFilter } from './page-filter.ts';

/** One page of a list, and the links to the others. */
export function paged<T>(
  items: readonly T[],
  size: number,
  path: string,
  filter: PageFilter,
): { readonly shown: readonly T[]; readonly links: Html | undefined } {
  const pages = Math.max(1, Math.ceil(items.length / size));
  const number = Math.min(filter.page, pages);
  const shown = items.slice((number - 1) * size, number * size);
  if (pages === 1) return { shown, links: undefined };
  const link = (to: number, words: string) =>
    to === number || to < 1 || to > pages
      ? html`<span class="quiet">${words}</span> `
      : html`<a href="${filterLink(path, { ...filter, page: to })}">${words}</a> `;
  return {
    shown,
    links: html`<nav class="pages" aria-label="Pages">
${link(1, 'First')}${link(number - 1, 'Previous')}<span>Page ${number} of ${pages}</span> ${link(number + 1, 'Next')}${link(pages, 'Last')}
</nav>`,
  };
}
