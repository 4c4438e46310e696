import type { Alert } from '../alerting/alert.ts';
import { toPostable } from '../alerting/wire.ts';
import type { Command } from '../cli/command.ts';
import { collectOnce } from './collect-once.ts';
import { jsonText } from './json-text.ts';
import { replayAlerts } from './replay-alerts.ts';
import type { Runtime } from './runtime.ts';
import { formatTable, pairs } from './table.ts';
import { unreadWords } from './unread.ts';

const HEADER = ['SEVERITY', 'ALERTNAME', 'SINCE', 'EVENTS', 'DESCRIPTION', 'LABELS'];

/** Collects once and prints the alerts that would be sent, or plays an event log instead. */
export async function alerts(
  options: Extract<Command, { kind: 'alerts' }>,
  runtime: Runtime,
): Promise<number> {
  if (options.replay.length > 0) return replayAlerts(options, runtime);
  const { exporter, failed } = await collectOnce(options, runtime);
  const firing = exporter.alerts();
  if (options.json) {
    const { interval } = exporter.config().alerting;
    const postable = firing.map((alert) => toPostable(alert, runtime.clock(), interval));
    runtime.stdout.write(jsonText(postable));
  } else {
    runtime.stdout.write(formatTable(HEADER, firing.toSorted(bySeverity).map(rowOf), ['LABELS']));
  }
  if (failed) runtime.stderr.write(`${unreadWords(exporter.collector)}\n`);
  await exporter.stop();
  return failed ? 1 : 0;
}

/** Critical before warning, the newest first. */
function bySeverity(a: Alert, b: Alert): number {
  const rank = ({ severity }: Alert) => (severity === 'critical' ? 0 : 1);
  return rank(a) - rank(b) || b.startsAt - a.startsAt;
}

function rowOf({ labels, annotations, startsAt }: Alert): string[] {
  const { alertname, severity, ...others } = labels;
  return [
    severity ?? '',
    alertname ?? '',
    new Date(startsAt).toISOString(),
    annotations['events'] ?? '',
    annotations['description'] ?? '',
    pairs(others),
  ];
}
