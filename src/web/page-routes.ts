import type { Express, Request, Response } from 'express';
import { KIND_NAMES } from '../kind-table.ts';
import { getOnly } from './allowed-methods.ts';
import type { Backend } from './backend.ts';
import type { Library } from './documentation.ts';
import { alertsPage } from './pages/alerts-page.ts';
import { icon } from './pages/icon.ts';
import { ALERTS_PATH, ICON_PATH, SCRIPT_PATH, STYLESHEET_PATH } from './pages/layout.ts';
import { LIVE_SCRIPT } from './pages/live-script.ts';
import { type PageFilter, readFilter } from './pages/page-filter.ts';
import { statusPage } from './pages/status-page.ts';
import { STYLESHEET } from './pages/stylesheet.ts';
import { targetPage } from './pages/target-page.ts';
import { type WebPaths, withPrefixedLinks } from './paths.ts';
import { queryOf } from './query-parameters.ts';
import { RequestError } from './request-error.ts';
import { sendText } from './send-text.ts';

/** The pages for people, with their stylesheet, script and icon. */
export function pageRoutes(
  app: Express,
  backend: Backend,
  library: () => Promise<Library>,
  paths: WebPaths,
): void {
  const send = (req: Request, res: Response, page: string) =>
    sendText(req, res, 'html', withPrefixedLinks(page, paths));
  const filterOf = (req: Request): PageFilter =>
    readFilter(queryOf(req), backend.projects(), () => backend.targets());

  getOnly(app, '/', (req, res) => send(req, res, statusPage(backend, filterOf(req))));

  getOnly(app, ALERTS_PATH, async (req, res) => {
    const filter = filterOf(req);
    await send(req, res, alertsPage(backend, filter, await library()));
  });

  getOnly(app, '/targets/:project/:kind/:id', async (req, res) => {
    const { project, kind, id } = req.params as Readonly<Record<'project' | 'kind' | 'id', string>>;
    const known = KIND_NAMES.find((name) => name === kind);
    const target = known === undefined ? undefined : backend.target({ project, kind: known, id });
    if (target === undefined) throw new RequestError(404, 'unknown target');
    await send(req, res, targetPage(backend, target));
  });

  const asset = (path: string, type: string, contentOf: (query: URLSearchParams) => string) =>
    getOnly(app, path, (req, res) => {
      res.set('Cache-Control', 'max-age=300');
      return sendText(req, res, type, contentOf(queryOf(req)));
    });
  asset(STYLESHEET_PATH, 'css', () => STYLESHEET);
  asset(SCRIPT_PATH, 'js', () => LIVE_SCRIPT);
  asset(ICON_PATH, 'svg', (query) => {
    const firing = query.get('firing') ?? '';
    return icon(firing === 'unknown' ? firing : Number(/^\d{1,9}$/.exec(firing)?.[0] ?? 0));
  });
}
