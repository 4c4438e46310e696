import type { Timers } from '../timers.ts';

/** Ends a repetition. */
export type Stop = () => void;

/** Repeats work again and again, `interval` milliseconds after it last ended; the first time after one. */
export function repeatEvery(interval: number, work: () => unknown, { sleep }: Pick<Timers, 'sleep'>): Stop {
  const stopping = new AbortController();
  const { signal } = stopping;
  const repeat = async () => {
    try {
      await work();
    } finally {
      if (!signal.aborted) schedule();
    }
  };
  const schedule = () => {
    sleep(interval, signal).then(
      () => (signal.aborted ? undefined : repeat()),
      () => {},
    );
  };
  schedule();
  return () => stopping.abort();
}
