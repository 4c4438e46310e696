/** Text that is already HTML. Only {@link html} makes it and, for the project's own documents, their renderer. */
export interface Html {
  readonly html: string;
}

type Value = string | number | Html | undefined | readonly Value[];

/**
 * Makes HTML of a template. Each value is escaped, unless this function has made it. The items of a list are joined,
 * and undefined becomes nothing. Values may stand in text and in quoted attributes only.
 *
 * Example: html`<b>${'1 < 2'}</b>` is `<b>1 &#60; 2</b>`.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return {
    html: strings.map((part, index) => (index === 0 ? '' : render(values[index - 1])) + part).join(''),
  };
}

function render(value: Value): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string')
    return value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return 'html' in value ? value.html : value.map(render).join('');
}
