import { setImmediate } from 'node:timers/promises';
import type { Express, Request, RequestHandler, Response } from 'express';
import { type Exposition, sendExposition } from '../metrics/exposition.ts';
import type { Caller } from '../metrics/namesakes.ts';
import { acceptedFormat, acceptsGzip } from '../metrics/negotiation.ts';
import { covers, type Selection } from '../metrics/scope.ts';
import type { Scrape, Scrapers } from '../metrics/scrapers.ts';
import type { SelfMetrics } from '../metrics/self-metrics.ts';
import type { SeriesStore } from '../metrics/series-store.ts';
import type { TargetKey } from '../target-key.ts';
import { getOnly } from './allowed-methods.ts';
import type { Backend } from './backend.ts';
import type { WebPaths } from './paths.ts';
import { kindOf, projectOf, queryOf, required } from './query-parameters.ts';
import { RequestError } from './request-error.ts';
import { scrapeDeadline } from './scrape-deadline.ts';
import { senderOf } from './sender.ts';
import { SharedConnections } from './shared-connections.ts';

const TIMEOUT_HEADER = 'x-prometheus-scrape-timeout-seconds';

export interface ScrapeLimits {
  /** How many scrapes of /metrics are answered at the same time. One more gets a 503. */
  readonly scrapes: number;
  /** The same for /probe. Prometheus scrapes as many at once as there are targets, but each answer is small. */
  readonly probes: number;
}

/** Where scrapes get their answers from. */
export interface ScrapeRooms {
  readonly backend: Backend;
  readonly store: SeriesStore;
  readonly self: SelfMetrics;
  readonly scrapers: Scrapers;
}

/** The errors of sending to a client that goes away or is too slow. */
const CLIENT_GONE = new Set([
  'ERR_STREAM_PREMATURE_CLOSE',
  // From Node.js 26 on.
  'ERR_STREAM_UNABLE_TO_PIPE',
  'ABORT_ERR',
  'ECONNRESET',
  'EPIPE',
]);

/** The metrics of all targets, and /probe. */
export function scrapeRoutes(
  app: Express,
  { backend, store, self, scrapers }: ScrapeRooms,
  limits: ScrapeLimits,
  { telemetry }: WebPaths,
): void {
  const shared = new SharedConnections();
  app.use(shared.watch((req) => (isScrape(req) ? `scraper ${req.get('user-agent')}` : 'somebody')));
  getOnly(
    app,
    telemetry,
    limited(limits.scrapes, async (req, res) => {
      const scope = scopeOf(req, backend.projects());
      if (await onlyHeaders(req, res)) return;
      const caller = callerOf(req, shared);
      const scrape = caller && scrapers.arrive(caller, scope);
      await backend.scrape(deadline(req, backend), scope, scrape?.isNewcomer);
      await lookAtConnection();
      scrape?.begin();
      const format = acceptedFormat(req.headers.accept);
      const own = scope === 'everything' ? { self: await self.text(format, scrape) } : {};
      const select = scope === 'everything' ? undefined : (key: TargetKey) => covers(scope, key);
      const chunks = store.chunks(format, { select, isScrape: scrape !== undefined });
      await sendTo(scrape, req, res, { format, chunks, ...own, ...namesOf(req) });
    }),
  );

  getOnly(
    app,
    '/probe',
    limited(limits.probes, async (req, res) => {
      const query = queryOf(req);
      const key: TargetKey = {
        project: required(query, 'project'),
        kind: kindOf(required(query, 'kind')),
        id: required(query, 'target'),
      };
      if (backend.detail(key) === undefined) throw new RequestError(404, 'unknown target');
      if (await onlyHeaders(req, res)) return;
      const caller = callerOf(req, shared);
      const scrape = caller && scrapers.arrive(caller, key);
      await backend.scrape(deadline(req, backend), key);
      await lookAtConnection();
      scrape?.begin();
      const format = acceptedFormat(req.headers.accept);
      const chunks = store.chunksOf(key, format, scrape !== undefined);
      await sendTo(scrape, req, res, { format, chunks, ...namesOf(req) });
    }),
  );

  async function sendTo(scrape: Scrape | undefined, req: Request, res: Response, exposition: Exposition) {
    const hasGivenUp = req.socket.readableEnded || req.socket.destroyed;
    const isWhole = await send(req, res, exposition);
    if (isWhole && !hasGivenUp && scrape?.end()) backend.revealCounters(scrape.scope);
  }
}

/**
 * Lets the end of the connection be read, should it have come right behind the request while the process was busy:
 * the event loop reads one piece of a connection at a turn. Who has gone takes an answer without any error.
 */
async function lookAtConnection(): Promise<void> {
  for (let turns = 0; turns < 2; turns += 1) await setImmediate();
}

/** Only scrapers send their timeout. */
function isScrape(req: Request): boolean {
  return req.get(TIMEOUT_HEADER) !== undefined;
}

/** Who scrapes. Undefined for a person with a browser or curl. */
function callerOf(req: Request, shared: SharedConnections): Caller | undefined {
  const timeout = req.get(TIMEOUT_HEADER);
  if (timeout === undefined) return undefined;
  const selected = req.path === '/probe' ? [] : [...queryOf(req)].sort();
  return {
    name: JSON.stringify([...senderOf(req), timeout, selected]),
    connection: req.socket,
    isPooled: shared.has(req.socket),
    timeout: scrapeDeadline(timeout, 0),
  };
}

/** What the query asks for. @throws RequestError naming an unknown kind or project */
function scopeOf(req: Request, projects: readonly string[]): 'everything' | Selection {
  const query = queryOf(req);
  const selection = {
    kinds: [...new Set(query.getAll('kind').map(kindOf))],
    projects: [...new Set(query.getAll('project').map((name) => projectOf(name, projects)))],
  };
  return selection.kinds.length + selection.projects.length === 0 ? 'everything' : selection;
}

/** The metrics that `name[]` asks for. */
function namesOf(req: Request): Pick<Exposition, 'names'> {
  const names = queryOf(req).getAll('name[]');
  return names.length === 0 ? {} : { names: new Set(names) };
}

function deadline(req: Request, backend: Backend): number {
  return scrapeDeadline(req.get(TIMEOUT_HEADER), backend.timeoutOffset());
}

/** Answers a HEAD request with the headers that a GET would get, without refreshing a target. */
async function onlyHeaders(req: Request, res: Response): Promise<boolean> {
  if (req.method !== 'HEAD') return false;
  await send(req, res, { format: acceptedFormat(req.headers.accept), chunks: [] });
  return true;
}

/** @returns whether the whole answer was sent */
async function send(req: Request, res: Response, exposition: Exposition): Promise<boolean> {
  try {
    await sendExposition(res, exposition, acceptsGzip(req.get('accept-encoding')));
    return true;
  } catch (error) {
    // The connection is already cut, so the client can't take half an answer for a whole one.
    if (!(error instanceof Error && 'code' in error && CLIENT_GONE.has(String(error.code)))) throw error;
    return false;
  }
}

function limited(limit: number, handler: (req: Request, res: Response) => Promise<void>): RequestHandler {
  let running = 0;
  return async (req, res) => {
    if (running >= limit) {
      res
        .status(503)
        .type('text/plain')
        .send(`limit of ${limit} concurrent requests reached, try again later\n`);
      return;
    }
    running += 1;
    try {
      await handler(req, res);
    } finally {
      running -= 1;
    }
  };
}
