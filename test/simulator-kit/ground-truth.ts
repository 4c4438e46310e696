import type { KindName } from '../../src/kind-table.ts';
import type { Cloud } from '../../src/simulator/cloud.ts';
import type { Project } from '../../src/simulator/model.ts';
import { wholeSecond } from '../../src/simulator/wire-time.ts';

/** How many events of one class happened to one target. */
export interface Truth {
  /** The project's id. */
  readonly project: string;
  readonly kind: KindName;
  readonly target: string;
  /** `event_type`; or `level`, `source`; or `type`, `reason`; in lower case but for the reason. */
  readonly classes: readonly string[];
  readonly count: number;
  /**
   * `count`, and what was repeated before `since` of events that were repeated after it too: of repeats the API tells
   * only the last instant, so who sees such an event for the first time takes all its repeats for new.
   */
  readonly countMax: number;
}

/**
 * What happened within `since` to `until`, both inclusive, in Unix milliseconds, counted from the
 * cloud itself. Jobs and pools tell whole seconds, so for them `since` is floored. An event that
 * is repeated counts once for each time it happened.
 */
export function countEvents(cloud: Cloud, since: number, until = Number.POSITIVE_INFINITY): readonly Truth[] {
  return cloud.projects.flatMap((project) => [
    ...countKind(project, 'service', since, until),
    ...countKind(project, 'inference_service', since, until),
    ...countKind(project, 'training_job', wholeSecond(since), until),
    ...countKind(project, 'pool', wholeSecond(since), until),
  ]);
}

/** How many update records reached each result; by service id, then by result in lower case. */
export function countUpdates(
  cloud: Cloud,
  since: number,
): ReadonlyMap<string, { readonly success: number; readonly fail: number }> {
  const services = cloud.projects.flatMap((project) => [...project.services.values()]);
  return new Map(
    services.map((service) => {
      const count = (result: string): number =>
        service.logs.filter((record) => record.update_time >= since && record.result === result).length;
      return [service.service_id, { success: count('SUCCESS'), fail: count('FAIL') }];
    }),
  );
}

interface Happening {
  readonly at: number;
  readonly classes: readonly string[];
  /** When it was repeated last, if this is a repeat. */
  readonly last?: number;
}

function countKind(project: Project, kind: KindName, since: number, until: number): Truth[] {
  return targetsOf(project, kind).flatMap(([target, happenings]) => {
    const counts = new Map<string, { classes: readonly string[]; count: number; countMax: number }>();
    for (const { at, classes, last = at } of happenings) {
      if (last < since || at > until) continue;
      const key = classes.join(' ');
      const entry = counts.get(key) ?? { classes, count: 0, countMax: 0 };
      entry.countMax++;
      if (at >= since) entry.count++;
      counts.set(key, entry);
    }
    return [...counts.values()].map((entry) => ({ project: project.id, kind, target, ...entry }));
  });
}

function targetsOf(project: Project, kind: KindName): [string, Happening[]][] {
  switch (kind) {
    case 'service':
      return [...project.services.values()].map(({ service_id, events }) => [
        service_id,
        events.map((event) => ({ at: event.occur_time, classes: [event.event_type.toLowerCase()] })),
      ]);
    case 'inference_service':
      return [...project.inferenceServices.values()].map(({ id, events }) => [
        id,
        events.flatMap(({ event_type, occurrences }) =>
          timesOf(occurrences).map((times) => ({ ...times, classes: [event_type.toLowerCase()] })),
        ),
      ]);
    case 'training_job':
      return [...project.jobs.values()].map(({ id, events }) => [
        id,
        events.map(({ time, level, source }) => ({
          at: time,
          classes: [level.toLowerCase(), source.toLowerCase()],
        })),
      ]);
    case 'pool':
      return [...project.pools.values()].map(({ name, events }) => [
        name,
        events.flatMap(({ type, reason, occurrences }) =>
          timesOf(occurrences).map((times) => ({ ...times, classes: [type.toLowerCase(), reason] })),
        ),
      ]);
  }
}

function timesOf(occurrences: readonly number[]): Pick<Happening, 'at' | 'last'>[] {
  const last = Math.max(...occurrences);
  return occurrences.map((at, index) => (index === 0 ? { at } : { at, last }));
}
