import { IN_PROJECTS, range } from './queries.ts';

/**
 * A rate, or another value, of what the targets of projects add up to, by labels of which `project` may be one. Replicas
 * of an exporter tell it twice, so one of them is taken; shards tell a part each, so they are added up.
 */
export function ofProjects(expression: string, ...by: readonly string[]): string {
  const each = [...new Set(['project', ...by, 'shard'])].join(', ');
  const shards = 'on (job, instance) group_left (shard) modelarts_exporter_shard_info';
  return `sum by (${by.join(', ')}) (max by (${each}) (${expression} * ${shards}))`;
}

/** How much a counter has gained within the time range, by some of its labels. */
export function gained(metric: string, ...by: readonly string[]): string {
  return ofProjects(`increase(${metric}{${IN_PROJECTS}}[$__range])`, ...by);
}

/** The gain of a counter in a while, for a line over time: what happens seldom needs an hour to make a line. */
export function hourly(metric: string, ...by: readonly string[]): string {
  return ofProjects(`increase(${metric}{${IN_PROJECTS}}[1h])`, ...by);
}

/** Median and 95th percentile of a histogram over time, by one of its labels, where it has observed something. */
export function percentiles(metric: string, by: string) {
  return ([0.5, 0.95] as const).map((quantile) =>
    range(
      `histogram_quantile(${quantile}, ${hourly(`${metric}_bucket`, by, 'le')}) >= 0`,
      `{{${by}}} p${quantile * 100}`,
    ),
  );
}

/** The mean of what a histogram has observed within the time range. */
export function mean(metric: string, ...by: readonly string[]): string {
  const count = gained(`${metric}_count`, ...by);
  return `${gained(`${metric}_sum`, ...by)} / (${count} > 0)`;
}
