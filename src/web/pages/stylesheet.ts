/** The one stylesheet. Colours keep a contrast of at least 4.5 to 1 in both schemes. */
export const STYLESHEET = `:root {
  color-scheme: light dark;
  --back: #ffffff; --panel: #f4f5f7; --line: #c9ced6; --text: #1a1d21; --quiet: #4b5563; --link: #0b57b7;
  --good: #14622f; --good-back: #dff3e4; --bad: #9b1c1c; --bad-back: #fde4e4;
  --warn: #7a4a00; --warn-back: #fdf0d5; --other: #374151; --other-back: #e5e7eb; --bar: #2f6fd0;
  --busy: #0a4a8f; --busy-back: #dcebfb;
  --lane-good: #4caf6d; --lane-bad: #d64545; --lane-warn: #e0a030; --lane-busy: #5b9be0; --lane-ended: #9aa3af;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #14171b; --panel: #1d2126; --line: #3c434c; --text: #e6e8eb; --quiet: #a9b1bc; --link: #86b7ff;
    --good: #9be4b0; --good-back: #173a22; --bad: #ffb3b3; --bad-back: #4a1b1b;
    --warn: #ffd48a; --warn-back: #442f08; --other: #d1d5db; --other-back: #343a42; --bar: #6ea2f0;
    --busy: #a9d0ff; --busy-back: #14304f;
    --lane-good: #2f8f51; --lane-bad: #c43d3d; --lane-warn: #b9801c; --lane-busy: #3f7fc4; --lane-ended: #6b7480;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--back); color: var(--text); overflow-wrap: anywhere;
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
main:focus { outline: none; }
header {
  background: var(--panel); border-bottom: 1px solid var(--line);
  padding: .5rem max(1rem, (100% - 88rem) / 2);
}
header, nav, .pages { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: baseline; }
header nav { font-size: .9rem; }
.home { font-weight: 700; color: var(--text); text-decoration: none; }
.number { background: var(--bad-back); color: var(--bad); border-radius: .6rem; padding: 0 .4rem; font-weight: 600; }
main, footer { max-width: 90rem; margin: 0 auto; padding: 0 1rem; }
.outdated body { padding-top: 3.5rem; }
.outdated #freshness { position: fixed; inset: 0 0 auto; margin: 0; padding: .5rem 1rem; background: var(--bad-back); color: var(--bad); font-weight: 600; text-align: center; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr)); gap: 0 2.5rem; }
.columns > * { min-width: 0; }
.columns > .broad { grid-column: 1 / -1; }
.incident {
  display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); grid-template-rows: auto auto 1fr; gap: 0 2rem;
}
.incident > #targets { grid-column: 2; grid-row: 1 / span 3; }
#timeline .lanes { max-width: 34rem; }
.incident h2 { margin-top: .75rem; }
footer { color: var(--quiet); min-height: 3rem; padding-bottom: 1rem; font-size: .9rem; }
h1 { font-size: 1.5rem; margin: 1rem 0 .5rem; }
h2 { font-size: 1.15rem; margin: 1.5rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
.aside { position: absolute; left: -99rem; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--back); padding: .5rem 1rem; }
.trail { margin: .75rem 0 0; font-size: .9rem; }
.tiles { display: flex; flex-wrap: wrap; gap: .5rem; margin: .75rem 0 0; padding: 0; list-style: none; }
.tiles a {
  display: block; background: var(--panel); border: 1px solid var(--line); border-radius: .4rem;
  padding: .25rem .7rem; color: var(--text); text-decoration: none;
}
.tiles a:hover { text-decoration: underline; }
.tiles a[aria-current] { outline: 2px solid var(--link); }
.tiles strong { font-size: 1.15rem; }
.tiles .broken:not(.none) { color: var(--bad); background: var(--bad-back); border-color: currentcolor; }
.tiles .down:not(.none), .tiles .weakened:not(.none) { color: var(--warn); background: var(--warn-back); border-color: currentcolor; }
dl, dd { margin: 0; }
table { width: 100%; border-collapse: collapse; margin: .5rem 0 1rem; table-layout: fixed; }
caption { text-align: left; font-weight: 600; padding: .4rem 0; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem .4rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--quiet); font-size: .85rem; font-weight: 600; }
tbody th { font-weight: 500; }
.targets th:first-child { width: 33%; }
.targets th:last-child { width: 9.4rem; }
.targets .none, .targets .narrow { color: var(--quiet); font-size: .85rem; }
.targets .narrow { display: none; }
.targets .quiet { font-size: .85rem; }
.since { color: var(--quiet); font-size: .9rem; }
td .reading { font-size: .8rem; }
td .error { display: block; }
td .reading > .quiet { white-space: nowrap; }
td .reading > .quiet::before { content: "· "; }
.since time, .quiet time { white-space: nowrap; }
.spark { vertical-align: middle; max-width: 100%; }
.spark rect { fill: var(--lane-bad); }
.count { color: var(--quiet); font-size: .85rem; }
.id, .quiet, .summary, .empty { color: var(--quiet); font-weight: 400; }
.id { font-family: ui-monospace, monospace; font-size: .8rem; }
.error { color: var(--bad); font-weight: 400; }
.badge { display: inline-block; max-width: 100%; overflow-wrap: break-word; border-radius: .3rem; padding: 0 .5rem; font-size: .85rem; font-weight: 600; }
.badge.working { color: var(--good); background: var(--good-back); }
.badge.broken, .critical.badge { color: var(--bad); background: var(--bad-back); }
.badge.weakened, .warning.badge { color: var(--warn); background: var(--warn-back); }
.badge.changing { color: var(--busy); background: var(--busy-back); }
.badge.ended, .badge.other, .badge.deleted, .info.badge { color: var(--other); background: var(--other-back); }
.badge.last-known { background: none; border: 1px dashed; }
.standing { font-size: 1.1rem; margin: 0; }
.standing .badge { font-size: 1.3rem; padding: .1rem .8rem; }
#facts p { margin: .25rem 0; }
.filter { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: .75rem 0 0; }
.filter [type=search] { flex: 1 1 14rem; min-width: 0; }
form p { margin: 0; }
select, input, button {
  font: inherit; color: inherit; background: var(--back); border: 1px solid var(--quiet); border-radius: .3rem;
  padding: .25rem .5rem; max-width: 100%; height: 2.1rem;
}
button { background: var(--panel); font-weight: 600; cursor: pointer; }
.alerts { list-style: none; margin: 0; padding: 0; }
.alerts li { border-left: 4px solid var(--lane-warn); padding: .1rem 0 .1rem .75rem; margin: 0 0 .75rem; }
.alerts li.critical { border-left-color: var(--lane-bad); }
.alerts p { margin: 0; }
.subject { font-weight: 600; }
.grouping { margin: .75rem 0; }
ul.residents { list-style: none; margin: .5rem 0 1rem; padding: 0; }
.residents li { padding: .2rem 0; }
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
.timeline { display: block; width: 100%; height: auto; }
.timeline.thin { height: 1.1rem; }
.timeline text { fill: var(--quiet); font: 11px system-ui, sans-serif; }
.timeline .axis { stroke: var(--line); }
.timeline rect.unknown { fill: var(--panel); }
.timeline .working { fill: var(--lane-good); }
.timeline .broken, .timeline .problems { fill: var(--lane-bad); }
.timeline .weakened { fill: var(--lane-warn); }
.timeline .changing { fill: var(--lane-busy); }
.timeline .ended, .timeline .other { fill: var(--lane-ended); }
.timeline .unseen rect { fill: var(--back); opacity: .6; }
.timeline .unseen path { fill: none; stroke: var(--quiet); stroke-width: 1.5; }
p.unseen { margin: .25rem 0; }
.timeline .mark { fill: var(--text); stroke: var(--back); }
.timeline .mark.bad { fill: var(--bad); }
.timeline .mark.good { fill: var(--good); }
.timeline.nodes path { fill: none; stroke: var(--quiet); stroke-width: 2; }
.timeline.nodes .available { stroke: var(--lane-good); }
.timeline.nodes .abnormal { stroke: var(--lane-bad); }
.timeline.nodes .creating { stroke: var(--lane-busy); }
.legend { font-size: .85rem; margin: .25rem 0; }
.legend .line { border-bottom: 3px solid var(--quiet); margin-right: .75rem; }
.legend .available { border-color: var(--lane-good); }
.legend .abnormal { border-color: var(--lane-bad); }
.legend .creating { border-color: var(--lane-busy); }
.lanes { list-style: none; margin: 0; padding: 0; }
.lanes li { display: grid; grid-template-columns: 8rem minmax(0, 1fr); gap: .75rem; align-items: center; padding: .15rem 0; }
.lanes .timeline { overflow: visible; }
.lanes .timeline text { font-size: 30px; }
.lanes .timeline text:nth-of-type(even) { display: none; }
.lanes li:last-child { margin-bottom: .75rem; }
.lanes a { display: block; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.bars thead th:first-child { width: 30%; }
.bars svg { width: calc(100% - 7rem); height: .9rem; vertical-align: middle; }
.bars rect { fill: var(--bar); }
details { margin: .25rem 0 .75rem; }
details > div { border-left: 2px solid var(--line); padding: 0 0 0 1rem; }
summary { cursor: pointer; color: var(--link); }
.library { display: grid; grid-template-columns: 15rem minmax(0, 1fr); gap: 0 2.5rem; }
.contents { padding-top: 1.25rem; font-size: .9rem; }
.contents form { display: flex; gap: .25rem; }
.contents input { min-width: 0; flex: 1; }
.contents .narrow { display: none; }
.contents nav { display: block; }
.contents ul { list-style: none; margin: .5rem 0; padding: 0; }
.contents ul ul { margin: 0; padding-left: 1rem; }
.contents [aria-current] { font-weight: 700; }
.document { max-width: 66rem; padding-bottom: 2rem; overflow-wrap: break-word; }
.document table { table-layout: auto; }
.document h3 { font-size: 1.05rem; margin: 1.5rem 0 .4rem; }
.beside { justify-content: space-between; margin-top: 2rem; border-top: 1px solid var(--line); padding-top: .75rem; }
.findings li { margin-bottom: .5rem; }
code { font-family: ui-monospace, monospace; font-size: .9em; background: var(--panel); }
pre { background: var(--panel); border: 1px solid var(--line); padding: .6rem .8rem; white-space: pre-wrap; overflow-wrap: anywhere; }
@media (max-width: 60rem) {
  .incident { display: block; }
  .library { display: flex; flex-direction: column; }
  .contents { display: contents; }
  .contents form { margin-top: 1.25rem; }
  .contents .narrow { display: block; margin-top: .5rem; }
  .contents nav { order: 1; padding-bottom: 2rem; }
  .document { overflow-wrap: anywhere; }
}
@media (max-width: 40rem) {
  table { table-layout: auto; }
  th, td { padding: .4rem .3rem .4rem 0; }
  thead th { font-size: .8rem; }
  thead th { overflow-wrap: normal; }
  .document td, .document th { overflow-wrap: anywhere; }
  .targets, .targets tbody, .targets tr, .targets th, .targets td { display: block; width: auto; }
  .targets thead, .targets .none { display: none; }
  .targets .narrow { display: inline; }
  .targets tbody th, .targets td { border: 0; padding: 0; }
  .targets tr { border-bottom: 1px solid var(--line); padding: .4rem 0; }
  .targets th:first-child, .targets th:last-child { width: auto; }
  .filter select { flex: 1 1 40%; min-width: 0; }
  .lanes li { display: block; }
  .timeline text { font-size: 24px; }
  .timeline text:nth-of-type(even) { display: none; }
  .timeline { overflow: visible; margin-bottom: .5rem; }
  .wide { overflow-x: auto; direction: rtl; }
  .wide .timeline { min-width: 48rem; direction: ltr; overflow: hidden; }
  .wide .timeline text { font-size: 14px; }
  .wide .timeline text:nth-of-type(even) { display: inline; }
  .bars thead th:first-child { width: 42%; }
  .bars svg { display: block; width: 100%; }
}
`;
