import type { Express, Response } from 'express';
import { getOnly } from './allowed-methods.ts';
import type { Backend } from './backend.ts';
import { ICON_PATH, SCRIPT_PATH, STYLESHEET_PATH } from './pages/layout.ts';
import { LIVE_SCRIPT } from './pages/live-script.ts';
import { readFilter } from './pages/page-filter.ts';
import { statusPage } from './pages/status-page.ts';
import { ICON, STYLESHEET } from './pages/stylesheet.ts';
import { targetPage } from './pages/target-page.ts';
import { type WebPaths, withPrefixedLinks } from './paths.ts';
import { queryOf } from './query-parameters.ts';
import { RequestError } from './request-error.ts';

/** The pages for people, with their stylesheet, script and icon. */
export function pageRoutes(app: Express, backend: Backend, paths: WebPaths): void {
  getOnly(app, '/', (req, res) => {
    const page = statusPage(backend, readFilter(queryOf(req), backend.projects()));
    res.type('html').send(withPrefixedLinks(page, paths));
  });

  getOnly(app, '/targets/:project/:kind/:id', (req, res) => {
    const { project, kind, id } = req.params;
    const target = backend
      .targets()
      .find((view) => view.id === id && view.kind === kind && view.project === project);
    if (target === undefined) throw new RequestError(404, 'unknown target');
    res.type('html').send(withPrefixedLinks(targetPage(backend, target), paths));
  });

  const asset = (path: string, type: string, content: string) =>
    getOnly(app, path, (_req, res: Response) => {
      res.set('Cache-Control', 'max-age=300').type(type).send(content);
    });
  asset(STYLESHEET_PATH, 'css', STYLESHEET);
  asset(SCRIPT_PATH, 'js', LIVE_SCRIPT);
  asset(ICON_PATH, 'svg', ICON);
}
