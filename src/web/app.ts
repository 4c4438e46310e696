import express, { type ErrorRequestHandler, type Express } from 'express';
import type { Scrapers } from '../metrics/scrapers.ts';
import type { SelfMetrics } from '../metrics/self-metrics.ts';
import type { SeriesStore } from '../metrics/series-store.ts';
import { shippedFile } from '../shipped-file.ts';
import { getOnly } from './allowed-methods.ts';
import { apiRoutes } from './api-routes.ts';
import type { Backend } from './backend.ts';
import { bodyLimit } from './body-limit.ts';
import { type Library, readDocumentation } from './documentation.ts';
import { documentationRoutes } from './documentation-routes.ts';
import { lifecycleRoutes } from './lifecycle-routes.ts';
import { pageRoutes } from './page-routes.ts';
import { DEFAULT_PATHS, type WebPaths } from './paths.ts';
import { RequestError } from './request-error.ts';
import { type ScrapeLimits, scrapeRoutes } from './scrape-routes.ts';
import { securityHeaders } from './security-headers.ts';
import { discoveryRoute } from './service-discovery-route.ts';

export interface AppOptions {
  readonly backend: Backend;
  readonly store: SeriesStore;
  readonly self: SelfMetrics;
  readonly scrapers: Scrapers;
  /** Whether `/-/reload` may be used. */
  readonly enableLifecycle: boolean;
  /** Called with the error of each request that failed by our fault. The client gets no details. */
  readonly onError: (error: unknown) => void;
  readonly limits?: ScrapeLimits;
  readonly paths?: WebPaths;
  /** The text of a file that comes with the program. */
  readonly read?: (file: string) => string;
}

/** Everything that the exporter answers over HTTP. */
export function createApp(options: AppOptions): Express {
  const { backend, enableLifecycle, onError, limits = { scrapes: 40, probes: 1_000 } } = options;
  const { paths = DEFAULT_PATHS, read = shippedFile } = options;
  const app = bareApp();
  app.use(securityHeaders);
  app.use(bodyLimit);
  const routes = paths.routePrefix === '' ? app : bareApp();
  scrapeRoutes(routes, options, limits, paths);
  discoveryRoute(routes, options, paths);
  lifecycleRoutes(routes, backend, enableLifecycle);
  apiRoutes(routes, backend);
  // All documents are read at the first request, so that the path of a request never opens a file.
  let reading: Promise<Library> | undefined;
  const library = () => {
    reading ??= readDocumentation(read).catch((error: unknown) => {
      reading = undefined;
      throw error;
    });
    return reading;
  };
  pageRoutes(routes, backend, library, paths);
  documentationRoutes(routes, backend, library, paths);
  if (routes !== app) {
    getOnly(app, '/', (_req, res) => res.redirect(`${paths.linkPrefix}/`));
    app.use(paths.routePrefix, routes);
  }
  app.use((_req, res) => {
    res.status(404).type('text/plain').send('not found\n');
  });
  app.use(errorAnswer(onError));
  return app;
}

function bareApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.enable('case sensitive routing');
  return app;
}

/** Express takes a handler with four parameters for an error handler. */
function errorAnswer(onError: (error: unknown) => void): ErrorRequestHandler {
  return (error: unknown, _req, res, _next) => {
    const [status, message] =
      error instanceof RequestError
        ? [error.status, error.message]
        : error instanceof URIError
          ? [400, 'malformed path']
          : [500, 'internal server error'];
    if (status === 500) onError(error);
    if (res.headersSent) res.destroy();
    else res.status(status).type('text/plain').send(`${message}\n`);
  };
}
