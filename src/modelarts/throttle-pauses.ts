/** Milliseconds. */
const PAUSE_MIN = 1_000;
const PAUSE_MAX = 60_000;

/** How long a project pauses after each answer with 429. */
export interface ThrottlePauses {
  /**
   * In milliseconds: what the API asked for, but at least a second. If it did not ask, one second, doubling up to sixty.
   * Sixteen requests in flight that are all throttled double it once: only a request sent after the last pause began does.
   * @param sentAt when the request was sent, by the same monotonic clock as `now`
   */
  pauseFor(askedFor: number | undefined, sentAt: number, now: number): number;
  succeeded(sentAt: number): void;
}

export function createThrottlePauses(): ThrottlePauses {
  let pause = 0;
  let began = Number.NEGATIVE_INFINITY;
  return {
    pauseFor(askedFor, sentAt, now) {
      if (askedFor !== undefined) {
        began = now;
        return Math.max(askedFor, PAUSE_MIN);
      }
      if (sentAt > began) {
        pause = Math.min(Math.max(pause * 2, PAUSE_MIN), PAUSE_MAX);
        began = now;
      }
      return pause;
    },
    succeeded(sentAt) {
      if (sentAt > began) pause = 0;
    },
  };
}
