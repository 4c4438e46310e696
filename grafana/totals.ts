import { IN_PROJECTS, range } from './queries.ts';

/**
 * A rate, or another value, of what the targets of a project add up to. Replicas of an exporter tell it twice, so one
 * of them is taken; shards tell a part each, so they are added up.
 */
export function ofProjects(expression: string, ...classes: readonly string[]): string {
  const by = ['project', ...classes].join(', ');
  const shards = 'on (job, instance) group_left (shard) modelarts_exporter_shard_info';
  return `sum by (${by}) (max by (${by}, shard) (${expression} * ${shards}))`;
}

/** How much a counter has gained within the time range, of each of the classes. */
export function gained(metric: string, ...classes: readonly string[]): string {
  return ofProjects(`increase(${metric}{${IN_PROJECTS}}[$__range])`, ...classes);
}

/** The gain of a counter in a while, for a line over time: what happens seldom needs an hour to make a line. */
export function hourly(metric: string, ...classes: readonly string[]): string {
  return ofProjects(`increase(${metric}{${IN_PROJECTS}}[1h])`, ...classes);
}

/** Median and 95th percentile of a histogram over time, by project and class. */
export function percentiles(metric: string, ...classes: readonly string[]) {
  const legend = ['{{project}}', ...classes.map((name) => `{{${name}}}`)].join(' ');
  return ([0.5, 0.95] as const).map((quantile) =>
    range(
      `histogram_quantile(${quantile}, ${hourly(`${metric}_bucket`, ...classes, 'le')})`,
      `${legend} p${quantile * 100}`,
    ),
  );
}

/** The mean of what a histogram has observed within the time range. */
export function mean(metric: string, ...classes: readonly string[]): string {
  const count = gained(`${metric}_count`, ...classes);
  return `${gained(`${metric}_sum`, ...classes)} / (${count} > 0)`;
}
