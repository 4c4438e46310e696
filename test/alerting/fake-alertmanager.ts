import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PostableAlert } from '../../src/alerting/wire.ts';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly alerts: readonly PostableAlert[];
}

/** A stand-in for Alertmanager that does what a real one can't be made to do. */
export class FakeAlertmanager {
  readonly received: Received[] = [];
  inFlight = 0;
  mostInFlight = 0;
  answer: (response: ServerResponse, received: Received) => void = (response) => response.end();
  /** What it dates its answers by; undefined: they have no date, as the time of a test is not that of its host. */
  clock: (() => number) | undefined;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(
    makeServer: (handler: (q: IncomingMessage, s: ServerResponse) => void) => Server = createServer,
  ) {
    const server = makeServer((request, response) => void fake.#handle(request, response));
    const fake = new FakeAlertmanager(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return fake;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    response.on('close', () => {
      this.inFlight -= 1;
    });
    let body = '';
    for await (const chunk of request) {
      body += chunk;
    }
    response.sendDate = false;
    if (this.clock !== undefined) response.setHeader('date', new Date(this.clock()).toUTCString());
    const { method = '', url = '', headers } = request;
    const received = { method, url, headers, alerts: JSON.parse(body) };
    this.received.push(received);
    this.answer(response, received);
  }
}
