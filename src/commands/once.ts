import type { CollectOptions } from '../cli.ts';
import type { Host } from './host.ts';
import { collectOnce } from './setup.ts';

/** Collects once and prints the exposition; fails where a target or a listing did. */
export async function once(options: CollectOptions, host: Host): Promise<number> {
  const { exporter, failed } = await collectOnce(options, host);
  for (const chunk of exporter.series.chunks('text')) host.stdout.write(chunk);
  host.stdout.write(await exporter.metrics.text('text'));
  await exporter.stop();
  return failed ? 1 : 0;
}
