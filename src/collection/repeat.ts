/** Ends a repetition. */
export type Stop = () => void;

/** Repeats work again and again, `interval` milliseconds after it last ended; the first time after one. */
export function repeatEvery(interval: number, work: () => unknown): Stop {
  let stopped = false;
  let timer: NodeJS.Timeout;
  const schedule = () => {
    timer = setTimeout(async () => {
      try {
        await work();
      } finally {
        if (!stopped) schedule();
      }
    }, interval);
  };
  schedule();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
