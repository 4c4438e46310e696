/** The one stylesheet. Colours keep a contrast of at least 4.5 to 1 in both schemes. */
export const STYLESHEET = `:root {
  color-scheme: light dark;
  --back: #ffffff; --panel: #f4f5f7; --line: #c9ced6; --text: #1a1d21; --quiet: #4b5563; --link: #0b57b7;
  --good: #14622f; --good-back: #dff3e4; --bad: #9b1c1c; --bad-back: #fde4e4;
  --warn: #7a4a00; --warn-back: #fdf0d5; --other: #374151; --other-back: #e5e7eb; --bar: #2f6fd0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #14171b; --panel: #1d2126; --line: #3c434c; --text: #e6e8eb; --quiet: #a9b1bc; --link: #86b7ff;
    --good: #9be4b0; --good-back: #173a22; --bad: #ffb3b3; --bad-back: #4a1b1b;
    --warn: #ffd48a; --warn-back: #442f08; --other: #d1d5db; --other-back: #343a42; --bar: #6ea2f0;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--back); color: var(--text); overflow-wrap: anywhere;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
main:focus { outline: none; }
header {
  background: var(--panel); border-bottom: 1px solid var(--line);
  padding: .75rem max(1rem, (100% - 82rem) / 2);
}
header, nav, .pages { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: baseline; }
nav { font-size: .9rem; }
.home { font-weight: 700; color: var(--text); text-decoration: none; }
main, footer { max-width: 84rem; margin: 0 auto; padding: 0 1rem; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr)); gap: 0 2.5rem; }
.columns > * { min-width: 0; }
footer { color: var(--quiet); min-height: 3rem; }
h1 { font-size: 1.6rem; margin: 1.25rem 0 .75rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--back); padding: .5rem 1rem; }
.facts { display: flex; flex-wrap: wrap; gap: .5rem; margin: 0; }
.facts div { background: var(--panel); border: 1px solid var(--line); border-radius: .4rem; padding: .4rem .8rem; }
.facts .bad { color: var(--bad); background: var(--bad-back); border-color: currentcolor; }
.bad dt, .bad a { color: inherit; }
dt { color: var(--quiet); font-size: .85rem; }
dt::first-letter { text-transform: uppercase; }
dd { margin: 0; font-weight: 600; }
table { width: 100%; border-collapse: collapse; margin: .5rem 0 1.25rem; table-layout: fixed; }
caption { text-align: left; font-weight: 600; padding: .4rem 0; }
th, td { text-align: left; vertical-align: top; padding: .45rem .6rem; border-bottom: 1px solid var(--line); }
thead th { color: var(--quiet); font-size: .85rem; font-weight: 600; width: 16%; }
thead th:first-child { width: auto; }
tbody th { font-weight: 500; }
tr:has(+ .why) > * { border-bottom: 0; padding-bottom: 0; }
.why td { padding-top: 0; }
.id, .quiet, .summary, .empty { color: var(--quiet); font-weight: 400; }
.id { font-family: ui-monospace, monospace; font-size: .85rem; }
th > .id { display: block; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.error { color: var(--bad); font-weight: 400; font-size: .9rem; }
.badge { display: inline-block; overflow-wrap: normal; border-radius: .3rem; padding: 0 .5rem; font-size: .85rem; font-weight: 600; }
.up { color: var(--good); background: var(--good-back); }
.down, .critical.badge { color: var(--bad); background: var(--bad-back); }
.warning.badge { color: var(--warn); background: var(--warn-back); }
.unknown, .deleted, .info.badge { color: var(--other); background: var(--other-back); }
form { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end; }
form p { margin: 0; }
label { display: block; color: var(--quiet); font-size: .85rem; }
select, input, button {
  font: inherit; color: inherit; background: var(--back); border: 1px solid var(--quiet); border-radius: .3rem;
  padding: .3rem .6rem; max-width: 100%; height: 2.25rem;
}
button { background: var(--panel); font-weight: 600; cursor: pointer; }
.events { list-style: none; margin: 0; padding: 0 0 0 .9rem; border-left: 2px solid var(--line); }
.events li { position: relative; padding-bottom: .75rem; }
.events li::before {
  content: ""; position: absolute; left: -1.28rem; top: .45rem; width: .65rem; height: .65rem;
  border-radius: 50%; background: var(--quiet); border: 2px solid var(--back);
}
.events .critical::before { background: var(--bad); }
.events .warning::before { background: var(--warn); }
.events p { margin: 0; }
.message { white-space: pre-wrap; }
.bars thead th:first-child { width: 30%; }
.bars thead th { width: auto; }
.bars svg { width: calc(100% - 7rem); height: .9rem; vertical-align: middle; }
.bars rect { fill: var(--bar); }
.document { max-width: 60rem; padding-bottom: 2rem; }
.document table { table-layout: auto; }
.document thead th { width: auto; }
.document h3 { font-size: 1.05rem; margin: 1.5rem 0 .4rem; }
code { font-family: ui-monospace, monospace; font-size: .9em; background: var(--panel); }
pre { background: var(--panel); border: 1px solid var(--line); padding: .6rem .8rem; white-space: pre-wrap; }
@media (max-width: 40rem) {
  table { table-layout: auto; }
  th, td { padding: .4rem .3rem; }
  thead th { width: auto; font-size: .8rem; }
  td:not([colspan]), thead th { overflow-wrap: normal; }
  .document td, .document th { overflow-wrap: anywhere; }
  th > .id { display: none; }
  .bars thead th:first-child { width: 42%; }
  .bars svg { display: block; width: 100%; }
}
`;

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#0b57b7"/><path d="M3 12V8h2v4zm4 0V4h2v8zm4 0V6h2v6z" fill="#fff"/></svg>
`;
