import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Below those that the system gives to connections, and to whoever asks for any: that may be a test beside this one. */
const FIRST = 20_000;
/** Where a port that is given to somebody is held, so that no other test is given it while this process lives. */
const HOLDER = '127.0.0.2';

/** A loopback port that nobody listens on, for servers that can't choose one themselves. */
export async function freePort(): Promise<number> {
  for (let port = FIRST; ; port += 1) {
    const holder = await listenTo(port, HOLDER);
    if (holder === undefined) continue;
    holder.unref();
    const server = await listenTo(port, '127.0.0.1');
    if (server === undefined) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

async function listenTo(port: number, host: string): Promise<Server | undefined> {
  const server = createServer().listen(port, host);
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return undefined;
    throw error;
  }
}
