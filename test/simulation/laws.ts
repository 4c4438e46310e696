import type { Notification } from './alertmanagers.ts';
import { neverTooMuch, nothingMissing } from './laws/counting.ts';
import type { Played } from './laws/played.ts';
import { type Censor, configurationLeaksNothing, nothingLeaks } from './laws/secrecy.ts';
import {
  everythingBounded,
  everythingSettles,
  everythingWell,
  nothingStarves,
  readyIsTrue,
  refusalsHeeded,
} from './laws/serving.ts';
import { everythingTold, lastWordTrue, nothingFalseTold } from './laws/telling.ts';

/** Holds a story to its laws. */
export class Judge {
  readonly #played: Played;
  readonly #censor: Censor;
  /** How many notifications were looked at. */
  #heard = 0;

  constructor(played: Played, censor: Censor) {
    this.#played = played;
    this.#censor = censor;
  }

  /** What must hold at every moment. */
  look(): void {
    neverTooMuch(this.#played);
    nothingFalseTold(this.#played, this.#news());
    readyIsTrue(this.#played);
    nothingStarves(this.#played);
    everythingSettles(this.#played);
    everythingBounded(this.#played);
    nothingLeaks(this.#played, this.#censor);
  }

  /** What must hold when all has been well for hours. */
  sum(): void {
    configurationLeaksNothing(this.#played, this.#censor);
    this.look();
    nothingMissing(this.#played);
    everythingTold(this.#played);
    lastWordTrue(this.#played);
    refusalsHeeded(this.#played);
    everythingWell(this.#played);
  }

  #news(): readonly Notification[] {
    const news = this.#played.cluster.notifications.slice(this.#heard);
    this.#heard += news.length;
    return news;
  }
}
