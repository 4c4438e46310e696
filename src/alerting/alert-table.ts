import type { Alert } from './alert.ts';
import { wellFormed } from './text.ts';

const LONGEST_CELL = 100;
const HEADER = ['SEVERITY', 'ALERTNAME', 'SINCE', 'EVENTS', 'LABELS', 'DESCRIPTION'];

/** A table of alerts for a terminal, one line each, with a header; texts are cut and can't control the terminal. */
export function formatAlerts(alerts: readonly Alert[]): string {
  const rows = [HEADER, ...alerts.map(cells)];
  const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function cells({ labels, annotations, startsAt }: Alert): string[] {
  const { alertname, severity, ...others } = labels;
  return [
    severity ?? '',
    alertname ?? '',
    new Date(startsAt).toISOString(),
    annotations['events'] ?? '',
    oneLine(
      Object.entries(others)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
      Number.POSITIVE_INFINITY,
    ),
    oneLine(annotations['description'] ?? '', LONGEST_CELL),
  ];
}

function oneLine(text: string, longest: number): string {
  const line = text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  return line.length > longest ? `${wellFormed(line.slice(0, longest - 1))}…` : line;
}
