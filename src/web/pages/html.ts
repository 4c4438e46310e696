/** Text that is HTML already. Only {@link html} makes it, and for the project's own documents their renderer. */
export interface Html {
  readonly html: string;
}

type Value = string | number | Html | undefined | readonly Value[];

/**
 * A template whose every value is escaped, unless it came out of this function itself. Lists are strung
 * together and undefined is nothing. Values belong into text or quoted attributes.
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
