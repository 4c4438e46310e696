import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, vi } from 'vitest';
import type { AlertTarget } from '../../src/alerting/alert.ts';
import { AlertBridge } from '../../src/alerting/bridge.ts';
import { startNotifier } from '../../src/alerting/notifier.ts';
import type { Observation } from '../../src/alerting/states.ts';
import { systemTimers } from '../../src/timers.ts';
import { alertmanagerAt, recordingLog, recordingObserver } from '../alerting/recording.ts';
import { WAIT } from '../patience.ts';
import { PROGRAMS, testWith } from '../programs.ts';
import { startAlertmanager } from './real-alertmanager.ts';

const NOTHING: Observation = { problems: [], recoveries: [], conditions: [] };
const POOL: AlertTarget = {
  project: 'prod',
  region: 'cn-north-4',
  kind: 'pool',
  id: 'pool-6f5da086',
  name: 'training',
};

/** One replica's alerting. */
function replica(...urls: string[]) {
  const observer = recordingObserver();
  const bridge = new AlertBridge(
    {
      resolveAfter: 1_800_000,
      keepFiringFor: 0,
      labels: { team: 'ml' },
      externalUrl: 'http://exporter:10979',
      minSeverity: 'warning',
    },
    {
      downAfter: () => 90_000,
      projectDownAfter: () => 90_000,
      isThrottled: () => false,
      onChange: () => notifier.wake(),
    },
  );
  const notifier = startNotifier({
    alertmanagers: urls.map((url) => alertmanagerAt(url)),
    since: (revision) => bridge.since(revision),
    interval: 1_000,
    clock: () => Date.now(),
    log: recordingLog(),
    observerOf: observer.observerOf,
    timers: systemTimers,
  });
  bridge.watch(POOL, Date.now());
  return { bridge, observer, [Symbol.asyncDispose]: () => notifier.stop() };
}

function warning(message: string, reason = 'NodeNotReady', at = Date.now()): Observation {
  const labels = { reason };
  const problem = {
    alertname: 'ModelArtsPoolWarningEvent',
    severity: 'warning' as const,
    summary: 'reported a warning',
    labels,
    message,
  };
  return { ...NOTHING, problems: [{ problem, at, count: 1 }] };
}

function recovered(): Observation {
  return { ...NOTHING, recoveries: [{ alertname: 'ModelArtsPoolWarningEvent', at: Date.now() }] };
}

describe.concurrent('with a real Alertmanager', () => {
  const test = testWith('alertmanager', 'amtool');

  test('an alert fires once, is updated, and resolves once', async () => {
    await using alertmanager = await startAlertmanager();
    await using own = replica(alertmanager.url);
    const { bridge, observer } = own;
    const opened = Date.now() - 60_000;
    bridge.observe(POOL, warning('node down', 'NodeNotReady', opened), Date.now());

    await vi.waitFor(() => expect(alertmanager.notifications).toHaveLength(1), WAIT);
    const [first] = alertmanager.notifications;
    expect(first).toMatchObject({
      status: 'firing',
      groupLabels: { alertname: 'ModelArtsPoolWarningEvent', project: 'prod' },
    });
    expect(first?.alerts).toMatchObject([
      {
        labels: {
          alertname: 'ModelArtsPoolWarningEvent',
          kind: 'pool',
          pool: 'pool-6f5da086',
          pool_name: 'training',
          project: 'prod',
          reason: 'NodeNotReady',
          region: 'cn-north-4',
          severity: 'warning',
          target: 'pool-6f5da086',
          team: 'ml',
        },
        annotations: {
          summary: 'Resource pool training (project prod) reported a warning',
          description: 'node down',
          event_time: new Date(opened).toISOString(),
          events: '1',
        },
        generatorURL: 'http://exporter:10979/targets/prod/pool/pool-6f5da086',
      },
    ]);
    expect(Date.parse(first?.alerts[0]?.startsAt ?? '')).toBe(opened);

    bridge.observe(POOL, warning('another node down'), Date.now());
    await vi.waitFor(async () => {
      const [alert] = await alertmanager.alerts();
      expect(alert?.annotations).toMatchObject({ description: 'another node down', events: '2' });
    }, WAIT);
    const query = ['alert', 'query', `--alertmanager.url=${alertmanager.url}`, '-o', 'json', 'team=ml'];
    const { stdout } = await promisify(execFile)(PROGRAMS.amtool, query);
    expect(JSON.parse(stdout)).toHaveLength(1);

    bridge.observe(POOL, recovered(), Date.now());
    await vi.waitFor(() => expect(alertmanager.notifications.at(-1)?.status).toBe('resolved'), WAIT);
    const sent = observer.sent[alertmanager.url] ?? 0;
    await vi.waitFor(() => expect(observer.sent[alertmanager.url]).toBeGreaterThan(sent + 4), WAIT);
    expect(alertmanager.notifications.map(({ status }) => status)).toEqual(['firing', 'resolved']);
  });

  test('hostile text arrives as it is, in bounded labels, and nothing is interpreted', async () => {
    await using alertmanager = await startAlertmanager();
    await using own = replica(alertmanager.url);
    const { bridge, observer } = own;
    const nasty = `a\r\n\t<script>alert(1)</script>{{ template "x" . }}{{ 1 | printf "%d" }}\u0000\u001b[31m\u202e"\\'😀`;
    const message = `${nasty}\ud800${'ß'.repeat(50_000)}`;
    bridge.observe(POOL, warning(message, `${nasty}${'é'.repeat(2_000)}`), Date.now());
    await vi.waitFor(() => expect(alertmanager.notifications).toHaveLength(1), WAIT);
    const alert = alertmanager.notifications[0]?.alerts[0];
    expect(alert?.annotations['description']).toBe(`${nasty}\ufffd${'ß'.repeat(50_000)}`);
    expect(alert?.labels['reason']?.startsWith(nasty)).toBe(true);
    expect(alert?.labels['reason']?.endsWith('é…')).toBe(true);
    expect(Buffer.byteLength(alert?.labels['reason'] ?? '')).toBeLessThanOrEqual(1024);
    expect(observer.errors).toEqual({});
  });

  test('thousands of alerts are taken', async () => {
    await using alertmanager = await startAlertmanager();
    await using own = replica(alertmanager.url);
    const { bridge } = own;
    for (let index = 0; index < 3_000; index += 1) {
      const target = { ...POOL, id: `pool-${index}`, name: undefined };
      bridge.watch(target, Date.now());
      bridge.observe(target, warning('down'), Date.now());
    }
    await vi.waitFor(async () => expect(await alertmanager.alerts()).toHaveLength(3_000), WAIT);
  });
});
