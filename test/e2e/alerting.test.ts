import { readFile, rename } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { freePort } from '../free-port.ts';
import { WAIT } from '../patience.ts';
import { testWith } from '../programs.ts';
import type { Notification } from './real-alertmanager.ts';
import { RealAlertmanager, startReceiver } from './real-alertmanager.ts';
import { configText, POOL, SERVICE, sample, serve, startCloud } from './scene.ts';

const RESEND = 500;
/** In seconds; far longer than one replica knows of a recovery before the other does. */
const GROUP_INTERVAL = 20;
/** Over well before a group is told of next. */
const KEEP_FIRING_FOR = '8s';

/** What the receiver was told of an alert, in order: each notification once. */
function toldOf(notifications: readonly Notification[], alertname: string) {
  return notifications
    .filter(({ groupLabels }) => groupLabels['alertname'] === alertname)
    .map(({ status, alerts }) => ({
      status,
      words: alerts.map((alert) => alert.annotations['description']),
    }));
}

async function clustered({ url }: RealAlertmanager): Promise<void> {
  await vi.waitFor(async () => {
    const status = await (await fetch(`${url}/api/v2/status`)).json();
    expect((status as { cluster: unknown }).cluster).toMatchObject({ status: 'ready', peers: [{}, {}] });
  }, WAIT);
}

async function startCluster(receiver: string) {
  const ports = [await freePort(), await freePort()];
  const member = (own: number) =>
    RealAlertmanager.start(receiver, `${GROUP_INTERVAL}s`, [
      `--cluster.listen-address=127.0.0.1:${ports[own]}`,
      ...ports.map((port) => `--cluster.peer=127.0.0.1:${port}`),
      '--cluster.settle-timeout=2s',
      '--cluster.peer-timeout=2s',
      '--cluster.gossip-interval=50ms',
    ]);
  const members = [await member(0), await member(1)] as const;
  for (const member of members) await clustered(member);
  return {
    members,
    async [Symbol.asyncDispose]() {
      for (const member of members) await member[Symbol.asyncDispose]();
    },
  };
}

testWith('alertmanager').concurrent(
  'two exporters and two clustered Alertmanagers tell each problem and each recovery once, with no scraper',
  async () => {
    await using receiver = await startReceiver();
    await using cluster = await startCluster(receiver.url);
    await using cloud = await startCloud();
    const urls = cluster.members.map(({ url }) => ({ url }));
    const alerting = {
      alertmanagers: urls,
      interval: `${RESEND}ms`,
      keep_firing_for: KEEP_FIRING_FOR,
      labels: { team: 'ml' },
    };
    await using one = await serve(configText(cloud.url, { alerting }));
    await using two = await serve(configText(cloud.url, { alerting }));
    for (const replica of [one, two]) {
      await vi.waitFor(async () => expect((await replica.scrape('/-/ready')).status).toBe(200), WAIT);
    }
    const told = (alertname: string) => toldOf(receiver.notifications, alertname);
    // For a moment one replica knows of a recovery and the other does not. Were a group told of just then, its
    // people would hear of it twice.
    const betweenTellings = (since: number) =>
      vi.waitFor(
        () => expect(((Date.now() - since) / 1_000) % GROUP_INTERVAL).toBeLessThan(GROUP_INTERVAL / 5),
        WAIT,
      );
    const pool = {
      bad: 'Pool status changed, from Running to Abnormal.',
      good: 'Pool status changed, from Abnormal to Running.',
    };

    const words = 'Failed to pull the image.';
    const now = Date.now();
    cloud.cloud.addServiceEvent(SERVICE, { event_type: 'abnormal', event_info: words, occur_time: now });
    cloud.cloud.addUpdateRecord(SERVICE, { result: 'FAIL', update_time: now + 1, config: [] });
    cloud.cloud.addPoolEvent(POOL, {
      type: 'Warning',
      reason: 'PoolStatusChange',
      message: pool.bad,
      firstTimestamp: now,
    });
    const names = [
      ['ModelArtsServiceAbnormalEvent', words],
      ['ModelArtsServiceUpdateFailed', words],
      ['ModelArtsPoolAbnormal', pool.bad],
    ] as const;
    await vi.waitFor(() => {
      for (const [name, said] of names) expect(told(name)).toEqual([{ status: 'firing', words: [said] }]);
    }, WAIT);
    const lastTold = Date.now();
    // A replica that were slower could miss what is over before it looks.
    for (const replica of [one, two]) {
      await vi.waitFor(async () => {
        const { text } = await replica.scrape('/api/v1/alerts');
        expect(names.filter(([name]) => !text.includes(name))).toEqual([]);
      }, WAIT);
    }
    const fingerprints = async (member: RealAlertmanager) =>
      (await member.alerts()).map(({ fingerprint }) => fingerprint).sort();
    for (const member of cluster.members) {
      await vi.waitFor(async () => expect(await fingerprints(member)).toHaveLength(names.length), WAIT);
    }
    // To each what both exporters tell is one alert, and to both the same that people were told of.
    const [first, second] = cluster.members;
    expect(await fingerprints(first)).toEqual(await fingerprints(second));
    const toldOfAll = receiver.notifications.flatMap(({ alerts }) =>
      alerts.map(({ fingerprint }) => fingerprint),
    );
    expect(await fingerprints(first)).toEqual(toldOfAll.sort());

    await betweenTellings(lastTold);
    cloud.cloud.addUpdateRecord(SERVICE, { result: 'SUCCESS', update_time: Date.now(), config: [] });
    const event_info = 'The service has been updated.';
    cloud.cloud.addServiceEvent(SERVICE, { event_type: 'normal', event_info, occur_time: Date.now() });
    cloud.cloud.addPoolEvent(POOL, {
      type: 'Normal',
      reason: 'PoolStatusChange',
      message: pool.good,
      firstTimestamp: Date.now() + 1_000,
    });
    await vi.waitFor(() => {
      for (const [name] of names) expect(told(name).at(-1)?.status).toBe('resolved');
    }, WAIT);
    // Resolved alerts are sent again for minutes, which must not tell anybody twice.
    const resends = async () => {
      const sent = async () =>
        sample(await one.scrape(), 'modelarts_alertmanager_alerts_sent_total', urls[1]?.url ?? '');
      const before = await sent();
      await vi.waitFor(async () => expect(await sent()).toBeGreaterThan(before + 3 * 12), WAIT);
    };
    await resends();
    for (const [name, said] of names) {
      expect([name, told(name)]).toEqual([
        name,
        [
          { status: 'firing', words: [said] },
          { status: 'resolved', words: [said] },
        ],
      ]);
    }
    // Killed, one of them forgets everything; it learns it anew, and nothing seems to be over.
    cloud.cloud.addPoolEvent(POOL, {
      type: 'Warning',
      reason: 'NodeNotReady',
      message: 'A node is gone.',
      firstTimestamp: Date.now(),
    });
    const later = 'ModelArtsPoolWarningEvent';
    const once = [{ status: 'firing', words: ['A node is gone.'] }];
    await vi.waitFor(() => expect(told(later)).toEqual(once), WAIT);
    const killed = first;
    await killed.kill();
    const { url: killedUrl } = killed;
    const otherUrl = urls[1]?.url ?? '';
    const errorsOf = async (url: string) =>
      sample(await one.scrape(), 'modelarts_alertmanager_errors_total', `"${url}"`);
    await vi.waitFor(() => expect(one.binary.stderr).toContain('sending alerts failed'), WAIT);
    await vi.waitFor(async () => expect(await errorsOf(killedUrl)).toBeGreaterThan(1), WAIT);
    // What begins meanwhile, the other one hears at once, and this one when it is back.
    cloud.cloud.addPoolEvent(POOL, {
      type: 'Warning',
      reason: 'NodeUnknown',
      message: 'Another node is gone.',
      firstTimestamp: Date.now(),
    });
    const both = ['A node is gone.', 'Another node is gone.'];
    const knownTo = async (member: RealAlertmanager) =>
      (await member.alerts())
        .map(({ annotations }) => annotations['description'])
        .filter((said) => both.includes(said ?? ''))
        .sort();
    await vi.waitFor(async () => expect(await knownTo(second)).toEqual(both), WAIT);
    await killed.run();
    await vi.waitFor(async () => expect(await knownTo(killed)).toEqual(both), WAIT);
    expect(await errorsOf(otherUrl)).toBe(0);
    await vi.waitFor(() => expect(one.binary.stderr).toContain('sending alerts works again'), WAIT);
    await clustered(killed);
    await resends();
    expect(told(later).filter(({ status }) => status === 'resolved')).toEqual([]);

    // Both replicas work, and neither ever lacked a scraper: nobody asked the second one for metrics.
    expect((await two.scrape('/api/v1/alerts')).text).toContain('A node is gone.');
    expect((await one.binary.end()).code).toBe(0);
    expect((await two.binary.end()).code).toBe(0);
  },
);

test.concurrent('the event log has each event once, over rotations by SIGHUP', async () => {
  await using cloud = await startCloud();
  const text = configText(cloud.url, { event_log: 'events.log' });
  await using exporter = await serve(text);
  await exporter.scrape();
  let count = 0;
  const happen = () => {
    count += 1;
    const event = { event_type: count % 2 ? 'abnormal' : 'normal', occur_time: Date.now() };
    cloud.cloud.addServiceEvent(SERVICE, { ...event, event_info: `event ${count}\nof many` });
  };
  const lines = async (...names: string[]) => {
    const texts = names.map((name) => readFile(exporter.file(name), 'utf8').catch(() => ''));
    const all = (await Promise.all(texts))
      .join('')
      .split('\n')
      .filter((line) => line !== '');
    return all.map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  const counted = async () => {
    const scrape = await exporter.scrape();
    return [...scrape.samples]
      .filter(([series]) => series.startsWith('modelarts_service_events_total'))
      .reduce((total, [, value]) => total + value, 0);
  };
  for (let rotation = 1; rotation <= 5; rotation += 1) {
    for (let i = 0; i < 20; i += 1) happen();
    await vi.waitFor(async () => expect(await counted()).toBe(count), WAIT);
    await rename(exporter.file('events.log'), exporter.file(`events.log.${rotation}`));
    exporter.binary.process.kill('SIGHUP');
    happen();
    await vi.waitFor(async () => {
      await exporter.scrape();
      expect(await lines('events.log')).not.toEqual([]);
    }, WAIT);
  }
  await vi.waitFor(async () => expect(await counted()).toBe(count), WAIT);
  const rotated = Array.from({ length: 5 }, (_, index) => `events.log.${index + 1}`);
  await vi.waitFor(async () => expect(await lines(...rotated, 'events.log')).toHaveLength(count), WAIT);
  expect((await exporter.binary.end()).code).toBe(0);
  const entries = await lines(...rotated, 'events.log');
  expect(entries.map(({ message }) => message)).toEqual(
    Array.from({ length: count }, (_, index) => `event ${index + 1}\nof many`),
  );
  expect(entries[0]).toEqual({
    time: expect.stringMatching(/^20\d\d-.*Z$/),
    project: 'prod',
    region: 'cn-north-4',
    kind: 'service',
    service_id: SERVICE,
    service_name: 'digits',
    event_type: 'abnormal',
    message: 'event 1\nof many',
    problem: true,
  });
});
