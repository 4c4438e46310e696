import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { exporterBackend } from '../../src/commands/exporter-backend.ts';
import type { Config } from '../../src/config/config.ts';
import type { Exporter } from '../../src/exporter.ts';
import { createApp } from '../../src/web/app.ts';
import { createTestExporter, type TestExporterOptions } from '../test-exporter.ts';

/** One that scrapes as Prometheus does, over a connection that it keeps. */
export class Scraper {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #headers: Readonly<Record<string, string>>;

  constructor({ isOpenMetrics = false }: { readonly isOpenMetrics?: boolean } = {}) {
    this.#headers = {
      'x-prometheus-scrape-timeout-seconds': '10',
      'user-agent': 'Prometheus/3.14.0',
      ...(isOpenMetrics ? { accept: 'application/openmetrics-text', 'accept-encoding': 'gzip' } : {}),
    };
  }

  async scrape(url: string): Promise<string> {
    const [answer] = (await once(this.#request(url), 'response')) as [IncomingMessage];
    const body = await buffer(answer);
    if (answer.statusCode !== 200) throw new Error(`${url}: ${answer.statusCode} ${body}`);
    return (answer.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
  }

  /** Takes the connection for a request that is no scrape. */
  async look(url: string): Promise<void> {
    const { 'user-agent': userAgent } = this.#headers;
    const asking = request(url, { agent: this.#agent, headers: { 'user-agent': userAgent ?? '' } }).end();
    const [answer] = (await once(asking, 'response')) as [IncomingMessage];
    await buffer(answer);
  }

  /** Begins to scrape. @returns what makes it give up */
  begin(url: string): () => void {
    const asking = this.#request(url).on('error', () => {});
    return () => asking.destroy();
  }

  close(): void {
    this.#agent.destroy();
  }

  #request(url: string) {
    return request(url, { agent: this.#agent, headers: this.#headers }).end();
  }
}

/** What holds up the answers, until a connection is closed. */
interface Gate {
  pass?: (() => Promise<void>) | undefined;
  onClose?: () => void;
}

/** An exporter with its web side, that does only what it is asked for. */
export class ScrapedExporter {
  readonly exporter: Exporter;
  readonly url: string;
  readonly errors: readonly unknown[];
  readonly #server: Server;
  readonly #gate: Gate;

  private constructor(exporter: Exporter, server: Server, gate: Gate, errors: readonly unknown[]) {
    this.exporter = exporter;
    this.errors = errors;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#server = server;
    this.#gate = gate;
  }

  static async start(
    config: Config,
    options: Pick<TestExporterOptions, 'clock' | 'createExchange'>,
  ): Promise<ScrapedExporter> {
    const { clock } = options;
    const exporter = await createTestExporter(config, { ...options, durable: config.state.file !== '' });
    const about = { version: '1.2.3', startedAt: clock(), clock, ending: new AbortController().signal };
    const backend = exporterBackend(exporter, about, async () => ({ ok: true }));
    const gate: Gate = {};
    const errors: unknown[] = [];
    const app = createApp({
      backend: {
        ...backend,
        async scrape(deadline, scope, isNewcomer) {
          await backend.scrape(deadline, scope, isNewcomer);
          await gate.pass?.();
        },
      },
      store: exporter.series,
      self: exporter.metrics,
      scrapers: exporter.scrapers,
      enableLifecycle: false,
      onError: (error) => errors.push(error),
    });
    const server = createServer({ keepAliveTimeout: 0 }, app);
    server.on('connection', (socket) => socket.on('close', () => gate.onClose?.()));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new ScrapedExporter(exporter, server, gate, errors);
  }

  /** A scraper asks, but has given up when the answer is ready. */
  async scrapeInVain(scraper: Scraper, path: string): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#gate.pass = async () => {
        this.#gate.pass = undefined;
        const closed = new Promise<void>((onClose) => Object.assign(this.#gate, { onClose }));
        giveUp();
        await closed;
        resolve();
      };
      const giveUp = scraper.begin(this.url + path);
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
    await this.exporter.stop();
  }
}
