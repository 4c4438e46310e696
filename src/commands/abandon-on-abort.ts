/**
 * Makes a function that waits for work, and gives it up with `false` as soon as the signal aborts. A scrape that
 * waits for targets is answered at once in this way when the process is asked to end.
 */
export function abandonOnAbort(signal: AbortSignal): (work: Promise<boolean>) => Promise<boolean> {
  const waiting = new Set<() => void>();
  const abandonAll = () => {
    for (const abandon of waiting) abandon();
  };
  // There is one listener for all that wait, because Node.js warns of a leak when one signal has many.
  signal.addEventListener('abort', abandonAll, { once: true });
  return (work) =>
    new Promise((resolve, reject) => {
      const abandon = () => resolve(false);
      if (signal.aborted) abandon();
      waiting.add(abandon);
      work.then(resolve, reject).finally(() => waiting.delete(abandon));
    });
}
