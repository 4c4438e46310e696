import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { identity, type TargetKind } from './targets.ts';

/** Every query goes through the variable, so that one dashboard serves every Prometheus. */
export const DATASOURCE = { type: 'prometheus', uid: `\${prometheus_datasource}` };

/** Matcher of the chosen projects. */
export const IN_PROJECTS = 'project=~"$project"';

/** Leaves out the targets that have ended: they are read rarely, as nothing happens to them. */
export const UNENDED = `unless on (project, kind, target) modelarts_target_status{${IN_PROJECTS},outlook="ended"}`;

/** Matchers of the one target that a dashboard is about. */
export function chosen(target: TargetKind): string {
  return `${IN_PROJECTS},${target.id}=~"$${target.kind}"`;
}

/** A metric of the one target that a dashboard is about, by its name after the kind's. */
export function its(target: TargetKind, metric: string, matchers?: string): string {
  return `modelarts_${target.kind}_${metric}{${chosen(target)}${matchers === undefined ? '' : `,${matchers}`}}`;
}

/** Adds a label `name`: the target's name, or its id where it has none. */
export function named(target: TargetKind, expression: string): string {
  const byId = `label_replace(${expression}, "name", "$1", "${target.id}", "(.+)")`;
  return `label_replace(${byId}, "name", "$1", "${target.name}", "(.+)")`;
}

/** Newest value of each target, and of each of `classes` in it, whichever exporter has it. */
export function newest(target: TargetKind, selector: string, ...classes: readonly string[]): string {
  return `max by (${[identity(target), ...classes].join(', ')}) (${selector})`;
}

/** Events per minute by one of their classes, over all targets that the selector finds; each event once, however many exporters count it. */
export function eventsPerMinute(target: TargetKind, selector: string, by: string): string {
  const each = newest(target, `rate(${selector}[$__rate_interval])`, ...target.classes);
  return `60 * sum by (${by}) (${each})`;
}

/**
 * Of the series of an expression those that were highest in the time range: the same ones at each of its moments, and
 * no more than a graph has room for. `each` are the labels that tell them apart.
 */
export function highest(count: number, each: string, expression: string): string {
  return `(${expression}) and on (${each}) topk(${count}, max_over_time((${expression})[$__range:$__interval] @ end()))`;
}

/** A count that is 0, not absent, where there is nothing to count. */
export function countOf(vector: string): string {
  return `count(${vector}) or vector(0)`;
}

/** A query over the time range; `legend` may hold `{{label}}`. */
export function range(expression: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder().expr(expression).legendFormat(legend).range().datasource(DATASOURCE);
}

/** A query at the end of the time range. */
export function now(expression: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder().expr(expression).legendFormat(legend).instant().datasource(DATASOURCE);
}

/** A query at the end of the time range whose labels become columns. */
export function columns(expression: string): DataqueryBuilder {
  return now(expression, '__auto').format(PromQueryFormat.Table);
}
