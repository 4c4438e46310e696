import type { TargetView } from '../collection/target-view.ts';
import { readingOf } from './target-state.ts';

/**
 * Targets as the JSON API writes them. A text is kept until anything that it is made of is another: of ten thousand
 * targets few were read since the last answer, and to write them all takes most of the time of one.
 */
export class TargetTexts {
  readonly #kept = new WeakMap<TargetView, { readonly content: Content; readonly text: string }>();

  of(target: TargetView): string {
    const content = contentOf(target);
    let kept = this.#kept.get(target);
    if (kept === undefined || !isSame(kept.content, content)) {
      kept = { content, text: JSON.stringify(targetJson(content)) };
      this.#kept.set(target, kept);
    }
    return kept.text;
  }
}

type Content = ReturnType<typeof contentOf>;

/** All that is told of a target. What is an object is replaced as it changes, so that looking at its identity is enough. */
function contentOf(target: TargetView) {
  const { project, region, kind, id, name, origin, standing, deleted, lastAttempt, lastSuccess } = target;
  const { duration, error, recent } = target;
  return {
    project,
    region,
    kind,
    id,
    name,
    origin,
    standing,
    deleted,
    health: readingOf(target),
    lastAttempt,
    lastSuccess,
    duration,
    reason: error?.reason,
    message: error?.message,
    recent,
  };
}

function isSame(before: Content, now: Content): boolean {
  for (const name in now) if (before[name as keyof Content] !== now[name as keyof Content]) return false;
  return true;
}

function targetJson({ id, standing, deleted, reason, message, recent, ...rest }: Content): unknown {
  const { project, region, kind, name, origin, health, lastAttempt, lastSuccess, duration } = rest;
  return {
    project,
    region,
    kind,
    target: id,
    name,
    origin,
    status: standing?.status,
    outlook: deleted ? 'deleted' : (standing?.outlook ?? 'other'),
    since: instantText(standing?.since),
    remarks: standing?.remarks ?? [],
    owner: standing?.owner,
    pools: standing?.pools ?? [],
    health,
    lastRefresh: instantText(lastAttempt),
    lastSuccess: instantText(lastSuccess),
    refreshSeconds: duration,
    error: reason === undefined ? undefined : { reason, message },
    recentEvents: recent,
  };
}

function instantText(instant: number | undefined): string | undefined {
  return instant === undefined ? undefined : new Date(instant).toISOString();
}
