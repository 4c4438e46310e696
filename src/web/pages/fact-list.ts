import { type Html, html } from './html.ts';

export interface Fact {
  readonly name: string;
  readonly value: Html | string | number;
  /** Whether to highlight it as a problem. */
  readonly bad?: boolean;
}

/** A row of short facts. */
export function factList(facts: readonly Fact[]): Html {
  return html`<dl class="facts">
${facts.map(
  ({
    name,
    value,
    bad = false,
  }) => html`<div${bad ? html` class="bad"` : undefined}><dt>${name}</dt><dd>${value}</dd></div>
`,
)}</dl>`;
}
