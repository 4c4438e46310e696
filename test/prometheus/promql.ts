import type { ExposedMetrics } from './exposed-metrics.ts';

const STRING = /"(?:[^"\\]|\\.)*"/g;
const SELECTOR = /([a-zA-Z_:][\w:]*)\s*\{([^{}]*)\}/g;
const MATCHER = /(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g;
const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^()]*)\)/g;
const CREATED = /\bcount_values\b[^"]*"(\w+)"|,\s*"(\w+)",\s*"[^"]*",\s*"\w*",\s*"[^"]*"\)/g;
const KEYWORDS = /\b(?:and|or|unless|by|without|on|ignoring|group_left|group_right|bool|offset|Inf|NaN)\b/gi;
/** Given to every series by Prometheus itself. */
const SCRAPED = ['job', 'instance'];

/**
 * Names in a query that the exporter does not expose: metrics, labels, and values of closed sets. The
 * syntax is left to Prometheus; this finds names in what Prometheus accepts.
 * @returns one line for each
 */
export function unknownNames(expression: string, exposed: ExposedMetrics): string[] {
  const problems: string[] = [];
  const metrics = new Set<string>();
  for (const [, metric = '', matchers = ''] of expression.matchAll(SELECTOR)) {
    metrics.add(metric);
    for (const [, label = '', operator = '', value = ''] of matchers.matchAll(MATCHER)) {
      problems.push(...unknownMatcher(metric, label, operator, value, exposed));
    }
  }
  const bare = expression
    .replace(STRING, '')
    .replace(SELECTOR, '')
    .replace(GROUPING, '')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/\boffset\s+\w+/g, '')
    .replace(KEYWORDS, ' ');
  for (const [name] of bare.matchAll(/\b[a-zA-Z_:][\w:]*\b(?!\s*\()/g)) metrics.add(name);
  for (const metric of metrics) if (!exposed.has(metric)) problems.push(`no metric ${metric}`);

  const labels = new Set(SCRAPED);
  for (const metric of metrics) for (const label of Object.keys(exposed.get(metric) ?? {})) labels.add(label);
  for (const [, counted, replaced] of expression.matchAll(CREATED)) labels.add(counted ?? replaced ?? '');
  for (const [, list = ''] of expression.matchAll(GROUPING)) {
    for (const label of list.split(',').map((part) => part.trim())) {
      if (label !== '' && !labels.has(label)) problems.push(`no label ${label} to group by`);
    }
  }
  return problems;
}

function unknownMatcher(
  metric: string,
  label: string,
  operator: string,
  value: string,
  exposed: ExposedMetrics,
): string[] {
  const labels = exposed.get(metric);
  if (labels === undefined || SCRAPED.includes(label)) return [];
  if (!(label in labels)) return [`no label ${label} of ${metric}`];
  const values = labels[label];
  if (values === undefined || value.startsWith('$')) return [];
  const wanted = operator.endsWith('~') ? value.split('|') : [value];
  return wanted.filter((one) => !values.includes(one)).map((one) => `${metric} has no ${label}="${one}"`);
}

/** Labels that a legend or a template in Grafana's notation names. */
export function legendLabels(legend: string): string[] {
  return [...legend.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label = '']) => label);
}
