import type { Exporter } from '../exporter.ts';
import type { Logger } from '../log.ts';
import type { ReloadResult } from '../web/backend.ts';
import type { ConfigReading } from './read-config.ts';

/** Makes a reload. Reloads run one after the other, and a configuration with a problem changes nothing. */
export function createReload(
  exporter: Exporter,
  log: Logger,
  readAgain: () => Promise<ConfigReading>,
): () => Promise<ReloadResult> {
  let last: Promise<ReloadResult> = Promise.resolve({ ok: true });
  const reload = async (): Promise<ReloadResult> => {
    const reading = await readAgain();
    if (!reading.ok) {
      exporter.metrics.configRejected();
      for (const problem of reading.problems) log.error('the configuration is not taken over', { problem });
      return reading;
    }
    await exporter.configure(reading.config);
    log.info('the configuration is taken over');
    return { ok: true };
  };
  return () => {
    last = last.then(reload, reload);
    return last;
  };
}
