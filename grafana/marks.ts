import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { COLOUR } from './colours.ts';
import { chosen, DATASOURCE, IN_PROJECTS, its, newest } from './queries.ts';
import { SERVICE, type TargetKind } from './targets.ts';

/** Marks on every graph of a dashboard: the newest problem and deployment of each target, when they happened. */
export function marks(target: TargetKind | undefined): AnnotationQueryBuilder[] {
  if (target === undefined) return [mark('Deployments', COLOUR.busy, deployments(IN_PROJECTS), SERVICE)];
  const problems = `1000 * ${newest(target, its(target, 'last_event_timestamp_seconds', target.problems))}`;
  const found = [mark('Problems', COLOUR.bad, problems, target)];
  return target === SERVICE
    ? [...found, mark('Deployments', COLOUR.busy, deployments(chosen(SERVICE)), SERVICE)]
    : found;
}

/** Of a fleet the newest: no graph has room for more marks. */
function deployments(matchers: string): string {
  return `1000 * topk(50, ${newest(SERVICE, `modelarts_service_last_update_timestamp_seconds{${matchers}}`)})`;
}

function mark(name: string, colour: string, expression: string, target: TargetKind): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor(colour)
    .expr(expression)
    .useValueForTime(true)
    .titleFormat(name.replace(/s$/, ''))
    .textFormat(`{{${target.name}}} {{${target.id}}}`)
    .tagKeys('project');
}
