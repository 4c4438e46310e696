import { describe, expect, test } from 'vitest';
import { Backtest } from '../../src/backtest/backtest.ts';
import { parseLine } from '../../src/backtest/logged-event.ts';
import { eventLine } from '../../src/collection/event-line.ts';
import type { KindName } from '../../src/kind-table.ts';
import { configOf, prodAt } from '../configuration.ts';

const NOON = Date.UTC(2026, 0, 10, 12);
const MINUTE = 60_000;

function line(
  kind: KindName,
  at: number,
  fields: Record<string, string | number>,
  message: string,
  id = 'x1',
) {
  const view = {
    at,
    severity: 'info',
    fields,
    message,
    project: 'prod',
    region: 'r',
    kind,
    id,
    name: 'n',
  } as const;
  return parseLine(eventLine(view));
}

function played(lines: readonly ReturnType<typeof line>[], alerting: object = {}, now = NOON + 86_400_000) {
  const { alerting: settings, limits } = configOf({
    projects: [prodAt('http://127.0.0.1:1')],
    alerting: { resolve_after: '30m', keep_firing_for: '1m', ...alerting },
  });
  const backtest = new Backtest(settings, limits);
  for (const each of lines) expect(backtest.take(each)).toBe(true);
  return backtest.finish(now).map(({ labels, annotations, startsAt, endsAt }) => ({
    name: labels['alertname'],
    severity: labels['severity'],
    from: (startsAt - NOON) / MINUTE,
    to: endsAt === undefined ? 'fires on' : (endsAt - NOON) / MINUTE,
    events: annotations['events'],
  }));
}

const abnormal = (minute: number, id?: string) =>
  line('service', NOON + minute * MINUTE, { event_type: 'abnormal' }, 'Failed to create the image.', id);
const update = (minute: number, result: string) =>
  line('service', NOON + minute * MINUTE, { result }, `Service update ended: ${result}`);
const error = (minute: number) =>
  line('training_job', NOON + minute * MINUTE, { level: 'error', source: 'job' }, 'Training job failed.');
const pool = (minute: number, from: string, to: string, type = 'warning') =>
  line(
    'pool',
    NOON + minute * MINUTE,
    { type, reason: 'PoolStatusChange', count: 1 },
    `Pool status changed, from ${from} to ${to}, details: .`,
  );

describe('what an event log would have fired', () => {
  test('a problem ends after the quiet time, to the minute', () => {
    const name = 'ModelArtsTrainingJobError';
    expect(played([error(0), error(20)])).toEqual([
      { name, severity: 'critical', from: 0, to: 50, events: '2' },
    ]);
    expect(played([error(0), error(20)], { resolve_after: '10m' })).toEqual([
      { name, severity: 'critical', from: 0, to: 10, events: '1' },
      { name, severity: 'critical', from: 20, to: 30, events: '1' },
    ]);
  });

  test('a later success of the update ends it, and a failed update lasts until one', () => {
    expect(played([abnormal(0), update(5, 'success')])).toMatchObject([{ from: 0, to: 5 }]);
    expect(played([update(0, 'fail'), update(90, 'success')])).toEqual([
      { name: 'ModelArtsServiceUpdateFailed', severity: 'critical', from: 0, to: 90, events: '1' },
    ]);
    expect(played([update(0, 'fail')])).toMatchObject([{ to: 'fires on' }]);
  });

  test('an abnormal pool fires until it runs, and is told for keep_firing_for at least', () => {
    expect(played([pool(0, 'Running', 'Abnormal'), pool(7, 'Abnormal', 'Running', 'normal')])).toEqual([
      { name: 'ModelArtsPoolAbnormal', severity: 'critical', from: 0, to: 7, events: '1' },
    ]);
    const short = [pool(0, 'Running', 'Abnormal'), pool(1, 'Abnormal', 'Running', 'normal')];
    expect(played(short, { keep_firing_for: '5m' })).toMatchObject([{ from: 0, to: 5 }]);
  });

  test('two changes of one second are put in order by their texts', () => {
    const runs = pool(0, 'Creating', 'Running', 'normal');
    const shown = [pool(3, 'Abnormal', 'Running', 'normal'), pool(3, 'Running', 'Abnormal')];
    expect(played([runs, ...shown])).toEqual([]);
    expect(played([runs, ...shown.toReversed()])).toEqual([]);
  });

  test('each target has its own time: one read after another has not grown old by that', () => {
    expect(played([abnormal(0, 'a'), abnormal(300, 'a'), abnormal(0, 'b')])).toMatchObject([
      { from: 0, to: 30 },
      { from: 0, to: 30 },
      { from: 300, to: 330 },
    ]);
  });

  test('an alert that would fire now has no end yet', () => {
    expect(played([error(0)], {}, NOON + 10 * MINUTE)).toMatchObject([{ to: 'fires on' }]);
  });

  test('min_severity and labels are those of the configuration', () => {
    expect(played([abnormal(0), error(0)], { min_severity: 'critical' })).toMatchObject([
      { name: 'ModelArtsTrainingJobError' },
    ]);
  });
});

test.each([
  ['{', 'not JSON'],
  ['[]', 'not a JSON object'],
  ['{"time":"2026-01-10 12:00"}', '"time" is no time in RFC 3339'],
  [
    '{"time":"2026-01-10T12:00:00Z","kind":"cluster"}',
    '"kind" is none of service, inference_service, training_job, pool',
  ],
  ['{"time":"2026-01-10T12:00:00Z","kind":"pool"}', '"pool" is missing'],
  ['{"time":"2026-01-10T12:00:00Z","kind":"pool","pool":"p"}', '"project" is missing'],
  ['{"time":"2026-01-10T12:00:00Z","kind":"pool","pool":"p","project":"a"}', '"message" is no text'],
])('%s is no line of an event log', (text, problem) => {
  expect(() => parseLine(text)).toThrow(problem);
});

test('a line that tells no event of its kind is refused', () => {
  const { alerting, limits } = configOf({ projects: [prodAt('http://127.0.0.1:1')] });
  expect(new Backtest(alerting, limits).take(line('service', NOON, { level: 'info' }, 'x'))).toBe(false);
});
