import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { Timers } from '../../timers.ts';
import { BasicAuth } from './basic-auth.ts';
import type { WebConfig } from './config.ts';
import { RateLimiter } from './rate-limiter.ts';

/** What every request passes before the application: the configured headers, the rate limit and the password. */
export class AccessControl {
  readonly #handler: RequestListener;
  readonly #timers: Timers;
  #config: WebConfig;
  #auth: BasicAuth;
  #limiter: RateLimiter | undefined;

  constructor(handler: RequestListener, config: WebConfig, timers: Timers) {
    this.#handler = handler;
    this.#timers = timers;
    this.#config = config;
    this.#auth = new BasicAuth(config.users);
    this.#limiter = limiterOf(config, timers);
  }

  /** The present configuration. */
  get config(): WebConfig {
    return this.#config;
  }

  /** If the users do not change, the passwords that were checked stay remembered. An unchanged rate limit goes on. */
  update(config: WebConfig): void {
    if (!isDeepStrictEqual(config.users, this.#config.users)) this.#auth = new BasicAuth(config.users);
    if (!isDeepStrictEqual(config.rateLimit, this.#config.rateLimit))
      this.#limiter = limiterOf(config, this.#timers);
    this.#config = config;
  }

  handle(req: IncomingMessage, res: ServerResponse): void {
    for (const [name, value] of Object.entries(this.#config.headers)) res.setHeader(name, value);
    if (this.#limiter?.admits() === false) {
      refuse(res, 429, 'too many requests');
      return;
    }
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
    if (verdict === 'refused') res.setHeader('WWW-Authenticate', 'Basic');
    if (verdict === 'busy') refuse(res, 503, 'busy');
    else refuse(res, 401, 'unauthorized');
  }
}

function limiterOf({ rateLimit }: WebConfig, timers: Timers): RateLimiter | undefined {
  return rateLimit === undefined ? undefined : new RateLimiter(rateLimit, timers);
}

function refuse(res: ServerResponse, status: number, reason: string): void {
  res.statusCode = status;
  res.setHeader('Content-Type', 'text/plain; charset=utf-8');
  res.setHeader('Connection', 'close');
  res.end(`${reason}\n`);
}
