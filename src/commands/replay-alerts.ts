import type { Readable } from 'node:stream';
import type { Alert } from '../alerting/alert.ts';
import { Backtest } from '../backtest/backtest.ts';
import { type Line, linesOf, linesOfFile } from '../backtest/lines.ts';
import { BadLineError, parseLine } from '../backtest/logged-event.ts';
import { formatDuration } from '../config/duration.ts';
import { loadConfig } from '../config/load.ts';
import { formatProblem } from '../config/problem.ts';
import { unreadable } from '../config/read-file.ts';
import { CommandError, ConfigurationError } from './command-error.ts';
import { jsonText } from './json-text.ts';
import type { Runtime } from './runtime.ts';
import { formatTable, pairs } from './table.ts';

export interface ReplayOptions {
  readonly configFile: string;
  /** Files of the event log, in any order; `-` is the standard input. */
  readonly replay: readonly string[];
  readonly json: boolean;
}

const HEADER = ['SEVERITY', 'ALERTNAME', 'STARTED', 'ENDED', 'FOR', 'EVENTS', 'LABELS', 'DESCRIPTION'];
const SUMMARY = ['SEVERITY', 'ALERTNAME', 'ALERTS', 'TARGETS', 'FOR', 'LONGEST'];
const STDIN = '-';
/** Of so many lines that can't be read, each is told with its number. */
const BAD_LINES_SHOWN = 20;

/** Prints the alerts that an event log would have fired under the configuration, and when and for how long. */
export async function replayAlerts(options: ReplayOptions, runtime: Runtime): Promise<number> {
  // The secrets that the configuration names need not be at hand.
  const loaded = await loadConfig(options.configFile, runtime.env);
  if (!loaded.ok) throw new ConfigurationError(loaded.problems.map(formatProblem), 2);
  const { alerting, limits } = loaded.config;
  const backtest = new Backtest(alerting, limits);
  let badLines = 0;
  for (const file of await inOrderOfTime(options.replay)) {
    const onBadLine = (number: number, problem: string) => {
      badLines += 1;
      if (badLines <= BAD_LINES_SHOWN) runtime.stderr.write(`${nameOf(file)}:${number}: ${problem}\n`);
    };
    await play(backtest, file, runtime, onBadLine);
  }
  if (badLines > BAD_LINES_SHOWN)
    runtime.stderr.write(`and ${badLines - BAD_LINES_SHOWN} more lines that are none of an event log\n`);
  const { until } = backtest.extent;
  const fired = backtest.finish(runtime.clock());
  const lasted = (alert: Alert) =>
    Math.max(0, (alert.endsAt ?? Math.max(until, alert.startsAt)) - alert.startsAt);
  runtime.stdout.write(options.json ? asJson(fired, lasted) : asTables(fired, lasted, backtest));
  return badLines > 0 ? 1 : 0;
}

async function play(
  backtest: Backtest,
  file: string,
  { stdin }: Pick<Runtime, 'stdin'>,
  onBadLine: (number: number, problem: string) => void,
): Promise<void> {
  try {
    for await (const line of linesIn(file, stdin)) {
      const problem = take(backtest, line);
      if (problem !== undefined) onBadLine(line.number, problem);
    }
  } catch (error) {
    throw readFailure(file, error);
  }
}

/** @returns what is wrong with the line */
function take(backtest: Backtest, { text }: Line): string | undefined {
  if (text === undefined) return 'longer than an event can be';
  try {
    return backtest.take(parseLine(text)) ? undefined : 'tells no event of its kind';
  } catch (error) {
    if (error instanceof BadLineError) return error.message;
    throw error;
  }
}

/** Rotated files may be given in any order: the one whose first event is earliest comes first. */
async function inOrderOfTime(files: readonly string[]): Promise<readonly string[]> {
  if (files.length < 2) return files;
  const begins = new Map<string, number>();
  for (const file of files) begins.set(file, file === STDIN ? Number.POSITIVE_INFINITY : await beginOf(file));
  return files.toSorted((a, b) => (begins.get(a) ?? 0) - (begins.get(b) ?? 0));
}

async function beginOf(file: string): Promise<number> {
  try {
    for await (const { text } of linesOfFile(file)) {
      try {
        return parseLine(text ?? '').notice.at;
      } catch {
        // The next line may be one.
      }
    }
  } catch (error) {
    throw readFailure(file, error);
  }
  return Number.POSITIVE_INFINITY;
}

function linesIn(file: string, stdin: Readable): AsyncGenerator<Line> {
  return file === STDIN ? linesOf(stdin) : linesOfFile(file);
}

function nameOf(file: string): string {
  return file === STDIN ? 'standard input' : file;
}

function readFailure(file: string, error: unknown): CommandError {
  const isGzip = error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
  const reason = isGzip ? 'is not whole: its compression ends early or is broken' : unreadable(error).message;
  return new CommandError(`${nameOf(file)}: ${reason}`, 1);
}

function asJson(fired: readonly Alert[], lasted: (alert: Alert) => number): string {
  const list = fired.map((alert) => ({
    labels: alert.labels,
    annotations: alert.annotations,
    startsAt: timeOf(alert.startsAt),
    endsAt: alert.endsAt === undefined ? null : timeOf(alert.endsAt),
    durationSeconds: lasted(alert) / 1000,
    ...(alert.generatorUrl === undefined ? {} : { generatorURL: alert.generatorUrl }),
  }));
  return jsonText(list);
}

function asTables(fired: readonly Alert[], lasted: (alert: Alert) => number, backtest: Backtest): string {
  const { events, targets, from, until } = backtest.extent;
  if (events === 0) return 'No events.\n';
  const rows = fired.map((alert) => {
    const { alertname = '', severity = '', ...others } = alert.labels;
    return [
      severity,
      alertname,
      timeOf(alert.startsAt),
      alert.endsAt === undefined ? 'fires on' : timeOf(alert.endsAt),
      formatDuration(lasted(alert)),
      alert.annotations['events'] ?? '',
      pairs(others),
      alert.annotations['description'] ?? '',
    ];
  });
  const tables =
    fired.length === 0 ? '' : `${formatTable(HEADER, rows, ['LABELS'])}\n${summaryOf(fired, lasted)}\n`;
  const dropped = backtest.dropped === 0 ? '' : `${backtest.dropped} more are not shown.\n`;
  const extent = `events ${events}, targets ${targets}, from ${timeOf(from)} to ${timeOf(until)}`;
  return `${tables}${dropped}Alerts that would have fired: ${fired.length}. Played: ${extent}.
An event log does not tell what listings and failed reads show: alerts on these are not among them.
`;
}

/** How much each alert would have bothered people. */
function summaryOf(fired: readonly Alert[], lasted: (alert: Alert) => number): string {
  const groups = new Map<string, { alerts: number; targets: Set<string>; total: number; longest: number }>();
  for (const alert of fired) {
    const { severity, alertname, project, kind, target } = alert.labels;
    const key = JSON.stringify([severity, alertname]);
    const group = groups.get(key) ?? { alerts: 0, targets: new Set(), total: 0, longest: 0 };
    groups.set(key, group);
    group.alerts += 1;
    group.targets.add(JSON.stringify([project, kind, target]));
    group.total += lasted(alert);
    group.longest = Math.max(group.longest, lasted(alert));
  }
  const rows = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { alerts, targets, total, longest }]) => [
      ...(JSON.parse(key) as string[]),
      String(alerts),
      String(targets.size),
      formatDuration(total),
      formatDuration(longest),
    ]);
  return formatTable(SUMMARY, rows);
}

function timeOf(instant: number): string {
  return new Date(instant).toISOString();
}
