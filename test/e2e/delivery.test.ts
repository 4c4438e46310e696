import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, vi } from 'vitest';
import type { AlertTarget } from '../../src/alerting/alert.ts';
import { AlertBridge } from '../../src/alerting/bridge.ts';
import { startNotifier } from '../../src/alerting/notifier.ts';
import type { Observation } from '../../src/alerting/states.ts';
import { systemTimers } from '../../src/timers.ts';
import { alertmanagerAt, recordingLog, recordingObserver } from '../alerting/recording.ts';
import { freePort } from '../free-port.ts';
import { WAIT } from '../patience.ts';
import { PROGRAMS, testWith } from '../programs.ts';
import { RealAlertmanager, startAlertmanager, startReceiver } from './real-alertmanager.ts';

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
  const log = recordingLog();
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
    log,
    observerOf: observer.observerOf,
    timers: systemTimers,
  });
  bridge.watch(POOL, Date.now());
  return { bridge, observer, log, [Symbol.asyncDispose]: () => notifier.stop() };
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

  test('an Alertmanager that was killed knows everything when it is back', async () => {
    await using receiver = await startReceiver();
    await using killed = await RealAlertmanager.start(receiver.url);
    await using other = await RealAlertmanager.start(receiver.url);
    await using own = replica(killed.url, other.url);
    const { bridge, observer, log } = own;
    bridge.observe(POOL, warning('before', 'One'), Date.now());
    await vi.waitFor(async () => expect(await killed.alerts()).toHaveLength(1), WAIT);
    await killed.kill();
    bridge.observe(POOL, warning('meanwhile', 'Two'), Date.now());
    await vi.waitFor(async () => expect(await other.alerts()).toHaveLength(2), WAIT);
    await vi.waitFor(() => expect(observer.errors[killed.url]).toBeGreaterThan(1), WAIT);
    await killed.run();
    await vi.waitFor(async () => expect(await killed.alerts()).toHaveLength(2), WAIT);
    expect(observer.errors[other.url]).toBeUndefined();
    await vi.waitFor(() => expect(log.lines.at(-1)).toContain('works again'), WAIT);
    expect(log.lines[0]).toContain('sending alerts failed');
  });

  test('two replicas and two clustered Alertmanagers give one notification each', async () => {
    await using receiver = await startReceiver();
    const ports = [await freePort(), await freePort()];
    const member = (own: number) =>
      RealAlertmanager.start(receiver.url, '5s', [
        `--cluster.listen-address=127.0.0.1:${ports[own]}`,
        ...ports.map((port) => `--cluster.peer=127.0.0.1:${port}`),
        '--cluster.settle-timeout=5s',
        '--cluster.peer-timeout=2s',
        '--cluster.gossip-interval=50ms',
      ]);
    await using one = await member(0);
    await using two = await member(1);
    await vi.waitFor(async () => {
      const status = await (await fetch(`${two.url}/api/v2/status`)).json();
      expect((status as { cluster: unknown }).cluster).toMatchObject({ status: 'ready', peers: [{}, {}] });
    }, WAIT);

    await using first = replica(one.url, two.url);
    await using second = replica(one.url, two.url);
    const replicas = [first, second];
    const now = Date.now();
    const [a, b] = [warning('first', 'R', now - 2_000), warning('second', 'R', now - 1_000)];
    first.bridge.observe(POOL, a, now);
    first.bridge.observe(POOL, b, now);
    second.bridge.observe(POOL, b, now);
    second.bridge.observe(POOL, a, now);
    await vi.waitFor(() => expect(receiver.notifications).toHaveLength(1), WAIT);
    const sets = await Promise.all([one.alerts(), two.alerts()]);
    expect(sets.map((alerts) => alerts.map(({ fingerprint }) => fingerprint))).toEqual([
      [receiver.notifications[0]?.alerts[0]?.fingerprint],
      [receiver.notifications[0]?.alerts[0]?.fingerprint],
    ]);

    // The second member waits for two seconds before it would speak for the first.
    const resends = async (count: number) => {
      const sent = first.observer.sent[two.url] ?? 0;
      await vi.waitFor(() => expect(first.observer.sent[two.url]).toBeGreaterThan(sent + count), WAIT);
    };
    await resends(3);
    for (const { bridge } of replicas) {
      bridge.observe(POOL, recovered(), Date.now());
    }
    await vi.waitFor(() => expect(receiver.notifications.at(-1)?.status).toBe('resolved'), WAIT);
    await resends(8);
    expect(receiver.notifications.map(({ status }) => status)).toEqual(['firing', 'resolved']);
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
