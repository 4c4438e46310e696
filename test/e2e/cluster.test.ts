import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import { Cloud } from '../../src/simulator/cloud.ts';
import { seededRandom } from '../../src/simulator/seeded-random.ts';
import { PROJECT } from '../configuration.ts';
import { freePort } from '../free-port.ts';
import { WAIT } from '../patience.ts';
import { testWith } from '../programs.ts';
import { BuiltBinary, folderWith } from './built-binary.ts';
import { type Notification, RealAlertmanager } from './real-alertmanager.ts';
import { configText, startCloud } from './scene.ts';

/** `npm run test:cluster` runs the whole: it takes minutes. */
const FULL = process.env['CLUSTER_SIZE'] === 'full';
const INCIDENTS = FULL ? 100 : 12;
const KILLS = FULL ? 25 : 4;
/** From one incident to the next, how long each lasts, and for how long the receivers keep who tells them waiting. */
const NEXT_AFTER = 1_000;
const LASTS = 15_000;
const ANSWERS_AFTER = 300;
/** What is told twice is told by then. */
const SETTLED_AFTER = 25_000;
/** As in a cluster with its defaults, a fair multiple of how long a member waits for those before it. */
const GROUP_INTERVAL = '12s';

/** A webhook receiver that takes its time, and can be killed amid that. */
class SlowReceiver {
  readonly told: { readonly at: number; readonly notification: Notification }[] = [];
  readonly #port: number;
  #server: Server | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  async run(): Promise<void> {
    this.#server = createServer(async (request, response) => {
      const notification = (await json(request).catch(() => undefined)) as Notification | undefined;
      if (notification === undefined) return;
      this.told.push({ at: Date.now(), notification });
      await sleep(ANSWERS_AFTER);
      response.end();
    });
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async kill(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}

/** An exporter with a state file, that can be killed and started again. */
class Replica {
  readonly #folder: string;
  #binary: BuiltBinary | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async run(): Promise<void> {
    this.#binary = new BuiltBinary(['--web.listen-address=127.0.0.1:0'], { cwd: this.#folder });
    await this.#binary.url();
  }

  async kill(): Promise<void> {
    await this.#binary?.end('SIGKILL');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}

async function startCluster(receiver: string) {
  const ports = [await freePort(), await freePort(), await freePort()];
  const route = 'receiver: hook, group_by: [alertname, project, kind, target], group_wait: 1s';
  const hook = `name: hook, webhook_configs: [{ url: "${receiver}", send_resolved: true }]`;
  const file = `route: { ${route}, group_interval: ${GROUP_INTERVAL}, repeat_interval: 1h }\nreceivers: [{ ${hook} }]\n`;
  const members = await Promise.all(
    ports.map((port) =>
      RealAlertmanager.startWith(file, [
        `--cluster.listen-address=127.0.0.1:${port}`,
        ...ports.map((peer) => `--cluster.peer=127.0.0.1:${peer}`),
        '--cluster.settle-timeout=5s',
        '--cluster.peer-timeout=2s',
        '--cluster.gossip-interval=50ms',
        '--cluster.pushpull-interval=2s',
        '--cluster.reconnect-interval=1s',
      ]),
    ),
  );
  for (const { url } of members) {
    await vi.waitFor(async () => {
      const status = await (await fetch(`${url}/api/v2/status`)).json();
      expect((status as { cluster: unknown }).cluster).toMatchObject({
        status: 'ready',
        peers: [{}, {}, {}],
      });
    }, WAIT);
  }
  return {
    members,
    async [Symbol.asyncDispose]() {
      for (const member of members) await member[Symbol.asyncDispose]();
    },
  };
}

const poolOf = (incident: number) => `pool-${incident}`;

/** A pool that is abnormal for a while. */
async function happen(cloud: Cloud, incident: number): Promise<void> {
  const name = poolOf(incident);
  const pool = cloud.project(PROJECT)?.pools.get(name);
  if (pool === undefined) throw new Error(name);
  const change = (from: string, to: string) => {
    pool.phase = to;
    cloud.addPoolEvent(name, {
      type: to === 'Running' ? 'Normal' : 'Warning',
      reason: 'PoolStatusChange',
      message: `Pool status changed, from ${from} to ${to}.`,
      firstTimestamp: Date.now(),
    });
  };
  change('Running', 'Abnormal');
  await sleep(LASTS);
  change('Abnormal', 'Running');
}

testWith('alertmanager')(
  'two exporters and three clustered Alertmanagers tell every problem and every recovery, whatever is killed meanwhile',
  { timeout: 1_200_000 },
  async () => {
    await using receiver = new SlowReceiver(await freePort());
    await receiver.run();
    await using cluster = await startCluster(receiver.url);
    const { members } = cluster;
    const simulated = new Cloud();
    simulated.addProject({ id: PROJECT, name: 'cn-north-4' });
    for (let incident = 0; incident < INCIDENTS; incident += 1)
      simulated.addPool(PROJECT, { name: poolOf(incident), phase: 'Running' });
    await using cloud = await startCloud({ cloud: simulated });
    const config = configText(cloud.url, {
      collection: { min_interval: '10s' },
      state: { file: 'state' },
      alerting: {
        alertmanagers: members.map(({ url }) => ({ url })),
        interval: '3s',
        keep_firing_for: '2s',
      },
      project: {
        services: [],
        training_jobs: [],
        pools: [],
        discovery: { pools: { enabled: true, refresh: '1s' } },
      },
    });
    await using firstFolder = await folderWith({ 'config.yaml': config });
    await using secondFolder = await folderWith({ 'config.yaml': config });
    await using one = new Replica(firstFolder.path);
    await using other = new Replica(secondFolder.path);
    const replicas = [one, other];
    await Promise.all(replicas.map((replica) => replica.run()));
    await vi.waitFor(() => expect(cloud.requests.count('pool_events')).toBeGreaterThan(2 * INCIDENTS), WAIT);

    const victims = [
      ...replicas.map((victim) => ({ name: 'exporter', victim })),
      ...members.map((victim) => ({ name: 'Alertmanager', victim })),
      { name: 'receiver', victim: receiver },
    ];
    const kills: { readonly at: number; readonly name: string }[] = [];
    const random = seededRandom(7);
    const killing = (async () => {
      for (let kill = 0; kill < KILLS; kill += 1) {
        await sleep((INCIDENTS * NEXT_AFTER) / KILLS);
        const chosen = victims[Math.floor(random() * victims.length)];
        if (chosen === undefined) continue;
        await chosen.victim.kill();
        kills.push({ at: Date.now(), name: chosen.name });
        await chosen.victim.run();
      }
    })();
    const happening: Promise<void>[] = [];
    for (let incident = 0; incident < INCIDENTS; incident += 1) {
      happening.push(happen(simulated, incident));
      await sleep(NEXT_AFTER);
    }
    await Promise.all([...happening, killing]);

    /** When each incident was told so. */
    const told = (status: 'firing' | 'resolved', incident: number) =>
      receiver.told.flatMap(({ at, notification }) =>
        notification.alerts.some(
          (alert) => alert.status === status && alert.labels['target'] === poolOf(incident),
        )
          ? [at]
          : [],
      );
    const each = Array.from({ length: INCIDENTS }, (_, incident) => incident);
    const untold = () =>
      each.filter(
        (incident) => told('firing', incident).length === 0 || told('resolved', incident).length === 0,
      );
    await vi.waitFor(() => expect(untold()).toEqual([]), WAIT);
    await sleep(SETTLED_AFTER);

    const again = (['firing', 'resolved'] as const).flatMap((status) =>
      each.flatMap((incident) =>
        told(status, incident)
          .slice(1)
          .map((at) => {
            const [first = at] = told(status, incident);
            const why = kills
              .filter((kill) => kill.at < at && kill.at > first - 5_000)
              .map(({ name }) => name);
            return { incident, status, after: at - first, why: why.join(', ') };
          }),
      ),
    );
    console.log(
      `${INCIDENTS} incidents, ${kills.length} kills, ${2 * INCIDENTS + again.length} notifications`,
    );
    console.table(again);
    console.log('KILLS', kills);
    expect(again.filter(({ why }) => why === '')).toEqual([]);
  },
);
