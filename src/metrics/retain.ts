import type { Counter, Gauge } from 'prom-client';

/** Removes the series whose labels are not to be kept. */
export async function retain<L extends string>(
  metric: Counter<L> | Gauge<L>,
  keep: (labels: Readonly<Record<string, string | number | undefined>>) => boolean,
): Promise<void> {
  for (const { labels } of (await metric.get()).values) if (!keep(labels)) metric.remove(labels);
}
