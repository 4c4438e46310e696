import type { Request } from 'express';

/** Only the beginning of a longer user agent counts. */
const USER_AGENT_MAX = 200;

/** The address and the program that sent a request: by these, scrapers are told apart. */
export function senderOf(req: Request): readonly unknown[] {
  return [req.socket.remoteAddress, req.get('user-agent')?.slice(0, USER_AGENT_MAX)];
}
