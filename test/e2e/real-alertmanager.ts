import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { vi } from 'vitest';
import { freePort } from '../free-port.ts';
import { WAIT } from '../patience.ts';
import { PROGRAMS } from '../programs.ts';

export interface Notification {
  readonly status: 'firing' | 'resolved';
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly alerts: readonly {
    readonly status: 'firing' | 'resolved';
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly startsAt: string;
    readonly endsAt: string;
    readonly generatorURL: string;
    readonly fingerprint: string;
  }[];
}

const PATH = '/told';

/** An HTTP receiver of Alertmanager's webhooks. */
export async function startReceiver() {
  const notifications: Notification[] = [];
  const server = createServer(async (request, response) => {
    // Whoever spoke to this port before, in another test, may still do so.
    if (request.url === PATH) notifications.push((await json(request)) as Notification);
    else response.statusCode = 404;
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    notifications,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/**
 * Starts an Alertmanager and a receiver for what it tells.
 * @example
 * await using alertmanager = await startAlertmanager();
 * await vi.waitFor(() => expect(alertmanager.notifications).toHaveLength(1), WAIT);
 */
export async function startAlertmanager() {
  const receiver = await startReceiver();
  const alertmanager = await RealAlertmanager.start(receiver.url);
  return {
    url: alertmanager.url,
    /** Each as it came, oldest first. */
    notifications: receiver.notifications,
    alerts: () => alertmanager.alerts(),
    async [Symbol.asyncDispose]() {
      await alertmanager[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
    },
  };
}

/** A real Alertmanager in a process of its own, with an empty memory at each start. */
export class RealAlertmanager {
  readonly url: string;
  readonly #port: number;
  readonly #folder: string;
  readonly #args: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(port: number, folder: string, args: readonly string[]) {
    this.url = `http://127.0.0.1:${port}`;
    this.#port = port;
    this.#folder = folder;
    this.#args = args;
  }

  static async start(receiver: string, groupInterval = '500ms', cluster = ['--cluster.listen-address=']) {
    const route = 'receiver: hook, group_by: [alertname, project], group_wait: 200ms';
    const hook = `name: hook, webhook_configs: [{ url: "${receiver}", send_resolved: true }]`;
    const file = `route: { ${route}, group_interval: ${groupInterval}, repeat_interval: 1h }\nreceivers: [{ ${hook} }]\n`;
    return RealAlertmanager.startWith(file, cluster);
  }

  /** @param file what is in its configuration file */
  static async startWith(file: string, cluster = ['--cluster.listen-address=']) {
    const folder = await mkdtemp(join(tmpdir(), 'alertmanager-'));
    await writeFile(join(folder, 'alertmanager.yml'), file);
    const alertmanager = new RealAlertmanager(await freePort(), folder, cluster);
    await alertmanager.run();
    return alertmanager;
  }

  async run(): Promise<void> {
    const args = [
      `--config.file=${join(this.#folder, 'alertmanager.yml')}`,
      `--storage.path=${join(this.#folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${this.#port}`,
      ...this.#args,
    ];
    this.#process = spawn(PROGRAMS.alertmanager, args, { stdio: 'ignore' });
    const isReady = async () => {
      const { ok } = await fetch(`${this.url}/-/ready`);
      if (!ok) {
        throw new Error('not ready');
      }
    };
    await vi.waitFor(isReady, WAIT);
  }

  async kill(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running !== undefined && running.exitCode === null) {
      running.kill('SIGKILL');
      await once(running, 'exit');
    }
  }

  /** The alerts as its API shows them. */
  async alerts(): Promise<
    {
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
      readonly fingerprint: string;
    }[]
  > {
    const response = await fetch(`${this.url}/api/v2/alerts`);
    return (await response.json()) as Awaited<ReturnType<RealAlertmanager['alerts']>>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true });
  }
}
