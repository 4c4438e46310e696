import type { CollectOptions } from '../cli.ts';
import type { Host } from './host.ts';
import { collectOnce } from './setup.ts';

/** Collects once and prints the exposition; fails where a target or a listing did. */
export async function once(options: CollectOptions, host: Host): Promise<number> {
  const { collector, reporter, series, metrics, stop } = await collectOnce(options, host);
  for (const chunk of series.chunks('text')) host.stdout.write(chunk);
  host.stdout.write(await metrics.text('text'));
  const failed = collector.targets().some(({ health }) => health.up !== true) || reporter.listingsFailed;
  await stop();
  return failed ? 1 : 0;
}
