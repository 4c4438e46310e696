import { rowOf } from '../kind-table.ts';
import type { Kind } from '../kinds/kind.ts';
import { KINDS } from '../kinds/kinds.ts';
import type { Family, SampleSink } from '../metrics/family.ts';
import type { LabelBounds } from '../metrics/label-bounds.ts';
import { targetLines } from '../metrics/lines.ts';
import type { Target } from './target.ts';

const INFO: Family = {
  name: 'modelarts_target_info',
  type: 'gauge',
  help: 'A target, under the labels of all kinds and of its own; always 1.',
  bounded: ['owner'],
};
const STATUS: Family = {
  name: 'modelarts_target_status',
  type: 'gauge',
  help: 'What ModelArts says of the target, and how that is to be taken; 1 for the status it has.',
};
const STATUS_SINCE: Family = {
  name: 'modelarts_target_status_since_timestamp_seconds',
  type: 'gauge',
  help: 'Unix time since which the target has its status, where that is known.',
};
const UP: Family = {
  name: 'modelarts_target_up',
  type: 'gauge',
  help: 'Whether the last refresh of the target worked.',
};
const LAST_SUCCESS: Family = {
  name: 'modelarts_target_last_success_timestamp_seconds',
  type: 'gauge',
  help: 'Unix time at which the target was last read.',
};
const DURATION: Family = {
  name: 'modelarts_target_refresh_duration_seconds',
  type: 'gauge',
  help: 'Duration of the last refresh of the target.',
};

/** Every family of the targets' series, in the order of the exposition. */
export const TARGET_FAMILIES: readonly Family[] = [
  ...Object.values(KINDS).flatMap((kind) => [
    kind.events.families.total,
    kind.events.families.recent,
    kind.events.families.last,
    ...kind.showing.families,
  ]),
  INFO,
  STATUS,
  STATUS_SINCE,
  UP,
  LAST_SUCCESS,
  DURATION,
];

/** Renders all series of a target. Events are shown from the first successful read on. */
export function targetSeries(target: Target, now: number, bounds: LabelBounds): Map<Family, string> {
  const {
    kind,
    counting: { tally },
  } = target;
  const series = targetLines(labelsOf(target));
  if (target.reads.hasSucceeded) {
    for (const [values, total] of tally.totals()) {
      series.sink(kind.events.families.total, labelled(kind, values), total);
    }
    recentSamples(target, now, series.sink);
    for (const [value, at] of tally.last())
      series.sink(kind.events.families.last, labelled(kind, [value]), at / 1000);
  }
  // What a listing tells does not wait for the first read of the events.
  kind.showing.samples(target.state, bounding(series.sink, bounds));
  const self = targetLines({
    project: target.project.name,
    kind: kind.name,
    target: target.id,
    target_name: target.name,
  });
  const owner = kind.showing.owner?.(target.state);
  bounding(self.sink, bounds)(INFO, { [rowOf(kind.name).labels.id]: target.id, owner }, 1);
  const standing = kind.showing.standing(target.state);
  if (standing !== undefined) {
    const { status, outlook, since } = standing;
    self.sink(STATUS, { status, outlook }, 1);
    if (since !== undefined) self.sink(STATUS_SINCE, {}, since / 1000);
  }
  // Of a target that was deleted the last numbers stay for a while, but it is not down.
  if (!target.isDeleted) healthSamples(target, self.sink);
  return new Map([...series.lines(), ...self.lines()]);
}

function healthSamples({ reads: { health } }: Target, sink: SampleSink): void {
  if (health.up !== undefined) sink(UP, {}, health.up ? 1 : 0);
  if (health.lastSuccess !== undefined) sink(LAST_SUCCESS, {}, health.lastSuccess / 1000);
  if (health.duration !== undefined) sink(DURATION, {}, health.duration);
}

/** Keeps the values of labels few that a family says so of. */
function bounding(sink: SampleSink, bounds: LabelBounds): SampleSink {
  return (family, labels, value) => {
    const bounded = family.bounded?.flatMap((name) => {
      const text = labels[name];
      return text === undefined ? [] : [[name, bounds.take(name, text)]];
    });
    sink(family, bounded === undefined ? labels : { ...labels, ...Object.fromEntries(bounded) }, value);
  };
}

/** Renders only what changes as time passes. */
export function recentSeries(target: Target, now: number): string {
  const series = targetLines(labelsOf(target));
  recentSamples(target, now, series.sink);
  return series.lines().get(target.kind.events.families.recent) ?? '';
}

function recentSamples(target: Target, now: number, sink: ReturnType<typeof targetLines>['sink']): void {
  for (const [value, total] of Object.entries(target.counting.tally.recent(now))) {
    sink(target.kind.events.families.recent, labelled(target.kind, [value]), total);
  }
}

function labelsOf({ project, kind, id, name }: Target) {
  const { labels } = rowOf(kind.name);
  return { project: project.name, [labels.id]: id, [labels.name]: name };
}

function labelled(kind: Kind<unknown, unknown, unknown>, values: readonly string[]) {
  return Object.fromEntries(values.map((value, index) => [kind.events.classes[index] ?? '', value]));
}
