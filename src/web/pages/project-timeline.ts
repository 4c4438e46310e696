import { HOURS_SHOWN } from '../../collection/chronicle.ts';
import type { TargetView } from '../../collection/target-view.ts';
import { targetPath } from '../../target-key.ts';
import type { Backend } from '../backend.ts';
import { type Incident, problemsOf } from '../incident.ts';
import { type Html, html } from './html.ts';
import { isolated } from './isolated-text.ts';
import { beginning } from './time-scale.ts';
import { type History, thinTimeline, timeAxis } from './timeline.ts';
import { MARKS_LEGEND } from './timeline-marks.ts';

const LANES_MAX = 15;
/** Of more targets than these the moments are not looked at, so that the page of a large project stays fast. */
const LOOKED_AT_MAX = 1_000;

/** A lane for each target of a project to which something happened in the last day, in the order of the list. */
export function projectTimeline(backend: Backend, { targets, now }: Incident, project: string): Html {
  const lanes = targets.filter(
    (target, index) => isLively(target, now) || (index < LOOKED_AT_MAX && hasMoments(backend, target, now)),
  );
  const shown = lanes.slice(0, LANES_MAX).map((target) => ({ target, history: backend.course(target) }));
  const drawn = html`<ul class="lanes">
${shown.map(({ target, history }) => lane(target, history, now))}<li><span></span>${timeAxis(now)}</li>
</ul>
${lanes.length > LANES_MAX ? html`<p class="quiet">${lanes.length - LANES_MAX} more.</p>` : undefined}<p class="legend quiet">Status in its colour · ▨ not seen · ${MARKS_LEGEND} · times in UTC</p>
`;
  return html`<section id="timeline" data-live aria-labelledby="timeline-title">
<h2 id="timeline-title">The last ${HOURS_SHOWN} hours in ${project}</h2>
${lanes.length === 0 ? html`<p class="empty">Nothing happened.</p>` : drawn}</section>
`;
}

function isLively(target: TargetView, now: number): boolean {
  const { standing } = target;
  return problemsOf(target) > 0 || (standing?.since ?? 0) > beginning(now) || standing?.outlook === 'broken';
}

function hasMoments(backend: Backend, target: TargetView, now: number): boolean {
  return backend.course(target)?.moments.some(({ at }) => at > beginning(now)) ?? false;
}

function lane(target: TargetView, history: History | undefined, now: number): Html | undefined {
  if (history === undefined) return undefined;
  const name = target.name ?? target.id;
  return html`<li><a href="${targetPath(target)}">${isolated(name, 60)}</a>${thinTimeline(history, now, `${name}, the last ${HOURS_SHOWN} hours`)}</li>
`;
}
