import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { LogsDedupStrategy } from '@grafana/grafana-foundation-sdk/common';
import {
  type AnnotationQuery,
  AnnotationQueryBuilder,
  DatasourceVariableBuilder,
  VariableHide,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as LogsBuilder } from '@grafana/grafana-foundation-sdk/logs';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/loki';
import { COLOUR } from './colours.ts';
import { SERVICE, type TargetKind } from './targets.ts';

/** The Loki that has the event log, where there is one. */
const LOGS = { type: 'loki', uid: `\${loki_datasource}` };
/** No graph has room for more. */
const MARKS_MAX = 100;

/** Without its label, on which Grafana would show an error in red where there is no Loki. */
export function logsVariable(): DatasourceVariableBuilder {
  return new DatasourceVariableBuilder('loki_datasource')
    .label('Loki data source')
    .description('The Loki that has the event log; nothing else asks it than event texts')
    .type('loki')
    .hide(VariableHide.HideLabel);
}

/**
 * The lines about what a dashboard shows, each as the name of its target and what ModelArts wrote. Project, kind and
 * `problem` are labels of streams where lines came by Loki's own way, and structured metadata where they came by OTLP: a
 * filter behind the selector finds both.
 */
function linesOf(target: TargetKind | undefined, { labels = '', fields = '' } = {}): string {
  const kind = target === undefined ? '' : ` | kind="${target.kind}"`;
  // The text of an event may name another target, so that it is not enough to find the id in the line.
  const [has, is] =
    target === undefined ? ['', ''] : [` |= "$${target.kind}"`, ` | ${target.id}="$${target.kind}"`];
  // Of a line's field with the name of a label Loki makes one that is called so.
  const service = '.service_name_extracted';
  const name = `{{or ${service} .inference_service_name .training_job_name .pool_name .pool .kind}}`;
  const stream = `{service_name="modelarts-events"}${has} | project=~"$project"${kind}${labels}`;
  // Without the field, an answer has the text of each line twice, and Loki gives none of more than 4 MB.
  return `${stream} | json${is}${fields} | line_format "${name}: {{.message}}" | drop message`;
}

/** What ModelArts wrote. The row is closed at first: a closed one asks nobody, and there may be no Loki. */
export function eventTexts(target: TargetKind | undefined) {
  const query = new DataqueryBuilder()
    .refId('A')
    .expr(linesOf(target))
    .legendFormat('lines')
    .datasource(LOGS);
  const panel = new LogsBuilder()
    .title('Event texts')
    .description('What ModelArts wrote, from the event log in Loki: see the document on log shipping.')
    .unit('none')
    .datasource(LOGS)
    .withTarget(query)
    .showTime(true)
    .wrapLogMessage(true)
    .enableLogDetails(true)
    .dedupStrategy(LogsDedupStrategy.None)
    .span(24)
    .height(12);
  return { title: 'Event texts', collapsed: true, panels: [panel] };
}

/** Marks on every graph with what ModelArts wrote: all problems of the time range, and deployments that worked. */
export function textMarks(target: TargetKind | undefined): Builder<AnnotationQuery>[] {
  const problems = textMark('Problem texts', COLOUR.bad, linesOf(target, { labels: ' | problem="true"' }));
  if (target !== undefined && target !== SERVICE) return [problems];
  const ended = linesOf(target, {
    labels: target === undefined ? ' | kind="service"' : '',
    fields: ' | result="success"',
  });
  return [problems, textMark('Deployment texts', COLOUR.busy, ended)];
}

/** Hidden are its switch and its errors, not its marks: where there is no Loki, Grafana would show an error beside it. */
function textMark(name: string, colour: string, expression: string): Builder<AnnotationQuery> {
  const query = new AnnotationQueryBuilder()
    .name(name)
    .datasource(LOGS)
    .enable(true)
    .hide(true)
    .iconColor(colour)
    .expr(expression)
    .titleFormat(name.replace(/ texts$/, ''))
    .tagKeys('project');
  return { build: () => Object.assign(query.build(), { maxLines: MARKS_MAX }) };
}
