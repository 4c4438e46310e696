import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { BasicAuth } from './basic-auth.ts';
import type { WebConfig } from './web-config.ts';

/** Stands before the application: the configured headers, and users with their passwords. */
export class WebAccess {
  readonly #handler: RequestListener;
  #config: WebConfig;
  #auth: BasicAuth;

  constructor(handler: RequestListener, config: WebConfig) {
    this.#handler = handler;
    this.#config = config;
    this.#auth = new BasicAuth(config.users);
  }

  /** Unchanged users keep what is remembered of their passwords. */
  update(config: WebConfig): void {
    if (!isDeepStrictEqual(config.users, this.#config.users)) this.#auth = new BasicAuth(config.users);
    this.#config = config;
  }

  handle(req: IncomingMessage, res: ServerResponse): void {
    for (const [name, value] of Object.entries(this.#config.headers)) res.setHeader(name, value);
    if (this.#config.users.size === 0) {
      this.#handler(req, res);
      return;
    }
    this.#admit(req, res).catch(() => res.destroy());
  }

  async #admit(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const verdict = await this.#auth.check(req.headers.authorization);
    if (verdict === 'admitted') {
      this.#handler(req, res);
      return;
    }
    res.statusCode = verdict === 'busy' ? 503 : 401;
    if (verdict === 'refused') res.setHeader('WWW-Authenticate', 'Basic');
    res.setHeader('Content-Type', 'text/plain; charset=utf-8');
    res.setHeader('Connection', 'close');
    res.end(verdict === 'busy' ? 'busy\n' : 'unauthorized\n');
  }
}
