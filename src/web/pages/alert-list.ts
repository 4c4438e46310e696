import { keyOf, targetPath } from '../../target-key.ts';
import type { Firing } from '../firing.ts';
import { type Html, html } from './html.ts';
import { isolated } from './isolated-text.ts';
import { DOCUMENTATION_PATH } from './layout.ts';
import { kindWords, statusBadge } from './standing.ts';
import { clockTime, timeAgo } from './times.ts';

/** Of ModelArts' words in a short list. */
const WORDS_SHORT = 300;
/** On the alerts page they are whole; a text of megabytes is none. */
const WORDS_WHOLE = 20_000;

/** Who has alerts, in few lines each: the worst alert of a target with its words, the first words, and the names of all. */
export function shortAlertList(alerts: readonly Firing[], limit: number, now: number): Html {
  const subjects = new Map<string, Firing[]>();
  for (const alert of alerts) {
    const subject = alert.key === undefined ? (alert.project ?? '') : keyOf(alert.key);
    const known = subjects.get(subject);
    if (known === undefined) subjects.set(subject, [alert]);
    else known.push(alert);
  }
  return html`<ol class="alerts">
${[...subjects.values()].slice(0, limit).map((each) => shortItem(each, now))}</ol>
`;
}

function shortItem(alerts: readonly Firing[], now: number): Html | undefined {
  const [worst] = alerts;
  if (worst === undefined) return undefined;
  const { severity, words } = worst;
  const since = Math.min(...alerts.map((alert) => alert.since));
  const names = [...new Set(alerts.map(({ alertname }) => alertname))];
  // What came first is often the cause: an image that can't be pulled, behind a rollback that failed.
  const first = alerts.toSorted((a, b) => a.since - b.since).find((alert) => alert.words !== words);
  return html`<li class="${severity}">
<p><span class="badge ${severity}">${severity}</span> ${subjectLink(worst)} <span class="quiet">since ${clockTime(since, now)} (${timeAgo(since, now)})</span></p>
<p class="message">${isolated(words, WORDS_SHORT)}</p>
${
  first === undefined
    ? undefined
    : html`<p class="message">${isolated(first.words, WORDS_SHORT)}</p>
`
}<p class="quiet">What to do: ${names.map((alertname) => html`<a class="what" href="${runbookPath(alertname)}" aria-label="What to do on ${alertname}">${alertWords(alertname)}</a> `)}</p>
</li>
`;
}

/** What a list leaves out of each alert, as it stands above the list. */
export interface Left {
  readonly target?: boolean;
  readonly alertname?: boolean;
}

/** Alerts with everything that is known of each. */
export function wholeAlertList(alerts: readonly Firing[], now: number, left: Left): Html {
  return html`<ol class="alerts">
${alerts.map((alert) => wholeItem(alert, now, left))}</ol>
`;
}

function wholeItem(alert: Firing, now: number, left: Left): Html {
  const { severity, since, alertname, words, summary, events, target } = alert;
  const name = html`<strong class="what">${alertWords(alertname)}</strong> `;
  const link = html` · <a href="${runbookPath(alertname)}" aria-label="What to do on ${alertname}">What to do</a>`;
  const status = left.target || target === undefined ? undefined : html`${statusBadge(target)} `;
  return html`<li class="${severity}">
<p><span class="badge ${severity}">${severity}</span> ${left.target ? undefined : html`${subjectLink(alert)} `}${left.alertname ? undefined : name}<span class="quiet">since ${clockTime(since, now)} (${timeAgo(since, now)})${
    events > 1 ? ` · ${events} events` : ''
  }${left.alertname ? undefined : link}</span></p>
<p>${status}<span class="quiet">${isolated(summary, 300)}</span></p>
<p class="message">${isolated(words, WORDS_WHOLE)}</p>
</li>
`;
}

/** What the alert is about, with a link where it has a page. */
function subjectLink({ key, target, project }: Firing): Html {
  if (key === undefined) return html`<bdi>Project ${project ?? 'not known'}</bdi>`;
  const name = isolated(target?.name ?? key.id, 100);
  return html`<a class="subject" href="${targetPath(key)}">${name}</a> <span class="quiet">${kindWords(key, target?.standing?.owner)}</span>`;
}

/** A long name may break between its words. */
export function alertWords(alertname: string): Html {
  const words = alertname.slice(0, 100).split(/(?<=[a-z])(?=[A-Z])/);
  return html`<bdi>${words.map((word) => html`${word}<wbr>`)}</bdi>`;
}

export function runbookPath(alertname: string): string {
  return `${DOCUMENTATION_PATH}/runbooks#${alertname.toLowerCase()}`;
}
