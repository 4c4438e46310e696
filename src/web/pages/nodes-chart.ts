import type { Course } from '../../collection/chronicle.ts';
import { type Html, html } from './html.ts';
import { AXIS, axis, beginning, LANE, WIDTH, x } from './time-scale.ts';

/** The nodes of a pool over the last day, one step line for each state that ever had any. */
export function nodesChart({ nodes }: Pick<Course, 'nodes'>, now: number): Html | undefined {
  const lately = nodes.filter(
    ({ at }, index) => at > beginning(now) || (nodes[index + 1]?.at ?? now) > beginning(now),
  );
  const [first] = lately;
  if (first === undefined) return undefined;
  const states = Object.keys(first.nodes);
  const highest = Math.max(1, ...lately.flatMap((each) => Object.values(each.nodes)));
  const tall = 5 * LANE;
  const y = (count: number) => (tall - 4 - ((tall - 8) * count) / highest).toFixed(1);
  const path = (state: string) =>
    `${lately
      .map(({ at, nodes: counts }, index) => {
        const height = y(counts[state] ?? 0);
        return index === 0 ? `M${x(at, now)} ${height}` : `H${x(at, now)}V${height}`;
      })
      .join('')}H${WIDTH}`;
  const shown = states.filter((state) => lately.some((each) => (each.nodes[state] ?? 0) > 0));
  const last = lately.at(-1)?.nodes ?? {};
  return html`<p class="legend">${shown.map((state) => html`<span class="line ${state}">${last[state] ?? 0} ${state}</span> `)}<span class="quiet">of at most ${highest}</span></p>
<div class="wide" tabindex="0" role="region" aria-label="Nodes of the last 24 hours"><svg class="timeline nodes" viewBox="0 0 ${WIDTH} ${tall + AXIS}" role="img" aria-label="Nodes by state, the last 24 hours">
${shown.map((state) => html`<path class="${state}" d="${path(state)}"/>`)}${axis(now, tall)}</svg></div>
`;
}
