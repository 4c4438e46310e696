import { KIND_NAMES } from '../src/kind-table.ts';
import { KINDS } from '../src/kinds/kinds.ts';
import { IN_PROJECTS, range } from './queries.ts';

const FAMILIES = KIND_NAMES.flatMap((kind) => KINDS[kind].totals?.families ?? []);

/** What tells the series of a metric of projects apart, beside the project. */
function labelsOf(expression: string): readonly string[] {
  const [metric = ''] = /modelarts_\w+/.exec(expression) ?? [];
  const family = FAMILIES.find(({ name }) => metric.replace(/_(bucket|sum|count)$/, '') === name);
  return [...(family?.labels ?? []), ...(metric.endsWith('_bucket') ? ['le'] : [])];
}

/**
 * A rate, or another value, of what the targets of projects add up to, by labels of which `project` may be one. Replicas
 * of an exporter tell it twice, so one of them is taken of each series; shards tell a part each, so they are added up.
 */
export function ofProjects(expression: string, ...by: readonly string[]): string {
  const each = [...new Set(['project', ...by, ...labelsOf(expression), 'shard'])].join(', ');
  const shards = 'on (job, instance) group_left (shard) modelarts_exporter_shard_info';
  return `sum by (${by.join(', ')}) (max by (${each}) (${expression} * ${shards}))`;
}

/** How much a counter, such as `name` or `name{label="value"}`, has gained within the time range, by some of its labels. */
export function gained(metric: string, ...by: readonly string[]): string {
  return ofProjects(`increase(${inProjects(metric)}[$__range])`, ...by);
}

function inProjects(metric: string, suffix = ''): string {
  const [name = '', matchers = ''] = metric.split(/[{}]/);
  return `${name}${suffix}{${[IN_PROJECTS, matchers].filter((each) => each !== '').join(',')}}`;
}

/** The gain of a counter in a while, for a line over time: what happens seldom needs an hour to make a line. */
export function hourly(metric: string, ...by: readonly string[]): string {
  return ofProjects(`increase(${inProjects(metric)}[1h])`, ...by);
}

/** Median and 95th percentile of a histogram over time, by one of its labels, where it has observed something. */
export function percentiles(metric: string, by: string) {
  return ([0.5, 0.95] as const).map((quantile) =>
    range(
      `histogram_quantile(${quantile}, ${ofProjects(`increase(${inProjects(metric, '_bucket')}[1h])`, by, 'le')}) >= 0`,
      `{{${by}}} p${quantile * 100}`,
    ),
  );
}

/** The mean of what a histogram has observed within the time range. */
export function mean(metric: string, ...by: readonly string[]): string {
  const gain = (suffix: string) => ofProjects(`increase(${inProjects(metric, suffix)}[$__range])`, ...by);
  return `${gain('_sum')} / (${gain('_count')} > 0)`;
}
