import type { NoticeView } from './notice-view.ts';

const NOTICES_MAX = 5_000;
const CHARACTERS_MAX = 16_000_000;

/** A state file holds fewer: it is written whole at every save. */
const SAVED_MAX = 300;
const SAVED_CHARACTERS_MAX = 200_000;

/** The newest notices of all targets, bounded in number and in size, for people to look at. */
export class RecentNotices {
  /** Oldest first. */
  readonly #notices: NoticeView[] = [];
  #characters = 0;
  /** What `state` gives, until a notice is added. */
  #state: readonly NoticeView[] | undefined;

  add(notice: NoticeView): void {
    this.#notices.splice(this.#indexAfter(notice.at), 0, notice);
    this.#characters += notice.message.length;
    this.#state = undefined;
    while (this.#notices.length > NOTICES_MAX || this.#characters > CHARACTERS_MAX) {
      this.#characters -= this.#notices.shift()?.message.length ?? 0;
    }
  }

  /** Newest first. */
  list(matches: (notice: NoticeView) => boolean, limit: number): NoticeView[] {
    const found: NoticeView[] = [];
    for (let index = this.#notices.length - 1; index >= 0 && found.length < limit; index -= 1) {
      const notice = this.#notices[index];
      if (notice !== undefined && matches(notice)) found.push(notice);
    }
    return found;
  }

  /** What a state file is to hold: the newest, oldest first. The same array as before where nothing was added. */
  state(): readonly NoticeView[] {
    this.#state ??= this.#newest();
    return this.#state;
  }

  #newest(): NoticeView[] {
    const newest = this.#notices.slice(-SAVED_MAX);
    let characters = newest.reduce((sum, { message }) => sum + message.length, 0);
    while (characters > SAVED_CHARACTERS_MAX) characters -= newest.shift()?.message.length ?? 0;
    return newest;
  }

  /** First reads bring history from anywhere, so the place is looked for by halves. */
  #indexAfter(at: number): number {
    let low = 0;
    let high = this.#notices.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#notices[middle]?.at ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
