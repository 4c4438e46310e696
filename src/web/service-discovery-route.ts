import type { Express, Request } from 'express';
import type { Scrapers } from '../metrics/scrapers.ts';
import { getOnly } from './allowed-methods.ts';
import type { Backend } from './backend.ts';
import type { WebPaths } from './paths.ts';
import { sendJson } from './send-text.ts';
import { senderOf } from './sender.ts';

/** Three times this is taken for the interval of who came once: the 1 min that Prometheus has by default. */
const TIMEOUT = 20_000;

/**
 * /sd, Prometheus's HTTP service discovery: one group per target. Each has its own
 * `instance`, because `up` and the other series that Prometheus adds to a scrape have no other label of the target.
 */
export function discoveryRoute(
  app: Express,
  { backend, scrapers }: { readonly backend: Backend; readonly scrapers: Scrapers },
  { routePrefix }: WebPaths,
): void {
  getOnly(app, '/sd', (req, res) => {
    scrapers.discover({ name: JSON.stringify(senderOf(req)), connection: req.socket, timeout: TIMEOUT });
    const address = addressOf(req);
    const scheme = req.secure ? 'https' : 'http';
    return sendJson(
      req,
      res,
      backend.targets().map(({ project, region, kind, id, name, origin }) => ({
        targets: [address],
        labels: {
          __scheme__: scheme,
          __metrics_path__: `${routePrefix}/probe`,
          __param_project: project,
          __param_kind: kind,
          __param_target: id,
          __meta_modelarts_project: project,
          __meta_modelarts_region: region,
          __meta_modelarts_kind: kind,
          __meta_modelarts_target: id,
          __meta_modelarts_target_name: name ?? '',
          __meta_modelarts_origin: origin,
          instance: `${project}/${kind}/${id}`,
        },
      })),
    );
  });
}

/** The address by which Prometheus has just reached the exporter. It can reach its targets there too. */
function addressOf(req: Request): string {
  const { host } = req.headers;
  if (host !== undefined && /^[\w.-]+(:\d+)?$|^\[[\da-f:.]+\](:\d+)?$/i.test(host)) return host;
  const { localAddress = 'localhost', localPort = 0 } = req.socket;
  return localAddress.includes(':') ? `[${localAddress}]:${localPort}` : `${localAddress}:${localPort}`;
}
