import { LogsDedupStrategy } from '@grafana/grafana-foundation-sdk/common';
import { DatasourceVariableBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as LogsBuilder } from '@grafana/grafana-foundation-sdk/logs';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/loki';
import type { TargetKind } from './targets.ts';

/** The Loki that has the event log, where there is one. */
const LOGS = { type: 'loki', uid: `\${logs}` };

export function logsVariable(): DatasourceVariableBuilder {
  return new DatasourceVariableBuilder('logs')
    .label('Logs')
    .description('The Loki that has the event log; only the row of event texts asks it')
    .type('loki');
}

/** What ModelArts wrote. The row is closed at first: a closed one asks nobody, and there may be no Loki. */
export function eventTexts(target: TargetKind | undefined) {
  const chosen = target === undefined ? '' : `,kind="${target.kind}"} |= "$${target.kind}`;
  const stream = '{job="modelarts-events",project=~"$project"';
  const lines = target === undefined ? `${stream}}` : `${stream}${chosen}"`;
  const query = new DataqueryBuilder()
    .refId('A')
    .expr(`${lines} | json | line_format "{{.message}}"`)
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
