import type { RequestHandler } from 'express';

/**
 * Which connections serve more than one client. A Prometheus server keeps a connection for its scrapes alone. A program
 * that takes any connection of a pool for each of its requests is known by one that somebody else has used, too.
 */
export class SharedConnections {
  readonly #users = new WeakMap<object, string>();
  readonly #shared = new WeakSet<object>();

  /** Takes note of every request. @param userOf tells who sends it */
  watch(userOf: (req: Parameters<RequestHandler>[0]) => string): RequestHandler {
    return (req, _res, next) => {
      const user = userOf(req);
      if ((this.#users.get(req.socket) ?? user) !== user) this.#shared.add(req.socket);
      this.#users.set(req.socket, user);
      next();
    };
  }

  has(connection: object): boolean {
    return this.#shared.has(connection);
  }
}
