import type { EventLog } from '../event-log/event-log.ts';
import type { Notice, Occurrence } from '../kinds/event.ts';
import { eventLine } from './event-line.ts';
import type { Outcome } from './read-news.ts';
import { RecentNotices } from './recent-notices.ts';
import type { Target } from './target.ts';

/** Tells people of events: the newest in a list for pages, and all that count in the event log. */
export class EventReporter {
  readonly recent = new RecentNotices();
  readonly #log: EventLog | undefined;

  constructor(log: EventLog | undefined) {
    this.#log = log;
  }

  /** @param news the occurrences of the outcome within the lookback; what is older is history */
  report(target: Target, news: readonly Occurrence<unknown>[], { notices }: Pick<Outcome, 'notices'>): void {
    for (const occurrence of news) {
      const notice = target.kind.events.notice(occurrence);
      // Identical events are as many lines, unless the kind tells their number itself.
      const lines = 'count' in notice.fields ? 1 : occurrence.count;
      const counts = occurrence.at >= target.counting.since;
      for (let line = 0; line < lines; line += 1) this.#add(target, notice, counts);
    }
    for (const notice of notices) this.#add(target, notice, true);
  }

  #add(target: Target, notice: Notice, isLogged: boolean): void {
    const view = { ...notice, ...target.description };
    this.recent.add(view);
    if (isLogged) this.#log?.append(eventLine(view));
  }
}
