import type { Express, Request, RequestHandler, Response } from 'express';
import { type Exposition, sendExposition } from '../metrics/exposition.ts';
import { acceptedFormat, acceptsGzip } from '../metrics/negotiation.ts';
import type { SelfMetrics } from '../metrics/self-metrics.ts';
import type { SeriesStore } from '../metrics/series-store.ts';
import type { TargetKey } from '../target-key.ts';
import type { Backend } from './backend.ts';
import { getOnly } from './methods.ts';
import { kindOf, projectOf, queryOf, RequestError, required } from './query.ts';
import { scrapeDeadline } from './scrape-deadline.ts';

export interface ScrapeLimits {
  /** Scrapes of /metrics answered at the same time; one more gets a 503. */
  readonly scrapes: number;
  /** The same for /probe, whose answers are small but many. */
  readonly probes: number;
}

/** How sending ends when the client goes away or is too slow. */
const CLIENT_GONE = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR', 'ECONNRESET', 'EPIPE']);

/** /metrics and /probe. */
export function scrapeRoutes(
  app: Express,
  backend: Backend,
  store: SeriesStore,
  self: SelfMetrics,
  limits: ScrapeLimits,
): void {
  getOnly(
    app,
    '/metrics',
    limited(limits.scrapes, async (req, res) => {
      const select = selection(req, backend.projects());
      if (await onlyHeaders(req, res)) return;
      await backend.scrape(deadline(req, backend), select);
      const format = acceptedFormat(req.headers.accept);
      await send(req, res, {
        format,
        ...(select === undefined ? { self: await self.text(format) } : {}),
        chunks: store.chunks(format, select),
      });
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
      const known =
        req.method === 'HEAD'
          ? backend.detail(key) !== undefined
          : await backend.probe(key, deadline(req, backend));
      if (!known) throw new RequestError(404, 'unknown target');
      if (await onlyHeaders(req, res)) return;
      const format = acceptedFormat(req.headers.accept);
      await send(req, res, { format, chunks: store.chunksOf(key, format) });
    }),
  );
}

/** The targets that the query selects; undefined where it selects none in particular. */
function selection(req: Request, projects: readonly string[]): ((key: TargetKey) => boolean) | undefined {
  const query = queryOf(req);
  const kinds = new Set(query.getAll('kind').map(kindOf));
  const names = new Set(query.getAll('project').map((name) => projectOf(name, projects)));
  if (kinds.size === 0 && names.size === 0) return undefined;
  return ({ kind, project }) =>
    (kinds.size === 0 || kinds.has(kind)) && (names.size === 0 || names.has(project));
}

function deadline(req: Request, backend: Backend): number {
  return scrapeDeadline(req.get('x-prometheus-scrape-timeout-seconds'), backend.timeoutOffset());
}

/** Answers a HEAD request as a GET, less the work. */
async function onlyHeaders(req: Request, res: Response): Promise<boolean> {
  if (req.method !== 'HEAD') return false;
  await send(req, res, { format: acceptedFormat(req.headers.accept), chunks: [] });
  return true;
}

async function send(req: Request, res: Response, exposition: Exposition): Promise<void> {
  try {
    await sendExposition(res, exposition, acceptsGzip(req.get('accept-encoding')));
  } catch (error) {
    // A half answer must not look like a whole one: the connection is already cut.
    if (!(error instanceof Error && 'code' in error && CLIENT_GONE.has(String(error.code)))) throw error;
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
