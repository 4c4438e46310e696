import { COLOUR } from './colours.ts';
import { coloured, eventBars, lines, type PanelText, problemCount, stat, timeline } from './panels.ts';
import { chosen, eventsPerMinute, IN_PROJECTS, its, named, newest, range } from './queries.ts';
import { type StateSet, stateMappings, stateNumber, textMapping } from './states.ts';
import { identity, type TargetKind } from './targets.ts';

type StateText = Pick<PanelText, 'title' | 'description' | 'empty'>;

/** In which state the target of a dashboard is. */
export function stateNow(text: StateText, states: StateSet, target: TargetKind) {
  const number = stateNumber(states, chosen(target), identity(target));
  return stat({ ...text, unit: 'none' }, number).mappings(stateMappings(states));
}

/** In which states it was. */
export function stateCourse(text: StateText, states: StateSet, target: TargetKind) {
  const number = stateNumber(states, chosen(target), identity(target));
  return timeline(text, stateMappings(states), range(named(target, number), '{{name}}'));
}

/** Whether what a dashboard shows of its target can be believed. */
export function readable({ kind }: TargetKind) {
  const text = {
    title: 'Last refresh',
    description:
      'Whether the exporter could read the target at its last try. Where it could not, everything here is of an earlier time.',
    unit: 'none',
    empty: 'Unknown',
  };
  const up = `max(modelarts_target_up{${IN_PROJECTS},kind="${kind}",target=~"$${kind}"})`;
  return stat(text, up).mappings([textMapping({ 0: ['Failed', COLOUR.bad], 1: ['Worked', COLOUR.good] })]);
}

/** How many events of a class there were lately. */
export function countOfRecent(target: TargetKind, value: string, title: string, colour: string) {
  const what = title === 'Abnormal events' ? title : `${title.replace(/s$/, '')} events`;
  const recent = newest(target, its(target, 'recent_events', `${target.classes[0]}="${value}"`));
  const description = `${what} within the window of the exporter, by default an hour.`;
  return problemCount({ title, description, unit: 'short' }, recent, colour);
}

/** When the last event of any class was. */
export function lastEvent(target: TargetKind) {
  const text = {
    title: 'Last event',
    description: `When the ${target.noun} last had an event of any ${target.classes[0] === 'level' ? 'level' : 'type'}.`,
    unit: 'dateTimeFromNow',
    empty: 'None yet',
  };
  return stat(text, `1000 * ${newest(target, its(target, 'last_event_timestamp_seconds'))}`);
}

/** Recent events by class. */
export function recentEvents(target: TargetKind) {
  const [label] = target.classes;
  const text = {
    title: 'Recent events',
    description: 'Events within the window of the exporter, by default an hour.',
    unit: 'short',
  };
  const recent = newest(target, its(target, 'recent_events'), label);
  return coloured(lines(text, range(recent, `{{${label}}}`)), target.colours);
}

/** Events per minute by class: of the target of a dashboard, or of those that the matchers find. */
export function eventsByClass(text: StateText, target: TargetKind, matchers = chosen(target)) {
  const [label] = target.classes;
  const events = eventsPerMinute(target, `modelarts_${target.kind}_events_total{${matchers}}`, label);
  return coloured(eventBars(text, range(events, `{{${label}}}`)), target.colours);
}
