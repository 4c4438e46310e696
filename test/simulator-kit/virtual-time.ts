import type { Timers } from '../../src/timers.ts';

interface Sleeper {
  readonly at: number;
  /** Of two who wake at the same moment, the one who fell asleep first does so first. */
  readonly order: number;
  readonly wake: () => void;
  isAborted: boolean;
}

/** Time that passes as fast as those who wait by it have nothing to do: an hour of an idle program takes none. */
export interface VirtualTime {
  readonly timers: Timers;
  /** Unix milliseconds, whole as those of `Date.now`. */
  readonly clock: () => number;
  /** Lets so many milliseconds pass. */
  pass(duration: number): Promise<void>;
}

/** @param start Unix milliseconds */
export function createVirtualTime(start: number): VirtualTime {
  let now = 0;
  let order = 0;
  const heap: Sleeper[] = [];

  function sleep(duration: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const abort = () => {
        sleeper.isAborted = true;
        reject(signal?.reason);
      };
      const wake = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const sleeper: Sleeper = { at: now + Math.max(0, duration), order: order++, wake, isAborted: false };
      push(heap, sleeper);
      signal?.addEventListener('abort', abort);
    });
  }

  return {
    timers: { now: () => now, sleep },
    clock: () => Math.floor(start + now),
    async pass(duration) {
      const until = now + duration;
      await everythingSettled();
      for (let first = heap[0]; first !== undefined && first.at <= until; first = heap[0]) {
        pop(heap);
        if (first.isAborted) continue;
        now = Math.max(now, first.at);
        first.wake();
        await everythingSettled();
      }
      now = until;
    },
  };
}

/** Every promise that is settled by now, and all that follow from it, come before. A turn of the event loop, since nothing less waits for those that need one. */
function everythingSettled(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

function isBefore(a: Sleeper, b: Sleeper): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

function push(heap: Sleeper[], sleeper: Sleeper): void {
  let index = heap.push(sleeper) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || !isBefore(sleeper, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = sleeper;
}

function pop(heap: Sleeper[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const left = 2 * index + 1;
    const [a, b] = [heap[left], heap[left + 1]];
    if (a === undefined) break;
    const [child, least] = b !== undefined && isBefore(b, a) ? [left + 1, b] : [left, a];
    if (!isBefore(least, last)) break;
    heap[index] = least;
    index = child;
  }
  heap[index] = last;
}
