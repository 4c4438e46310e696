import type { Express } from 'express';
import { getOnly, methodNotAllowed } from './allowed-methods.ts';
import type { Backend } from './backend.ts';

/** /-/healthy, /-/ready and /-/reload. */
export function lifecycleRoutes(app: Express, backend: Backend, reloadEnabled: boolean): void {
  getOnly(app, '/-/healthy', (_req, res) => {
    res.type('text/plain').send('modelarts-exporter is healthy\n');
  });

  getOnly(app, '/-/ready', (_req, res) => {
    const ready = backend.ready();
    const failing = backend
      .failingListings()
      .map(({ project, kind, reason }) => `the listing of ${kind} in project ${project} fails: ${reason}\n`);
    res
      .status(ready ? 200 : 503)
      .type('text/plain')
      .send([`modelarts-exporter is ${ready ? '' : 'not '}ready\n`, ...failing].join(''));
  });

  app
    .route('/-/reload')
    .all((req, res, next) => {
      if (req.method !== 'POST' && req.method !== 'PUT') {
        methodNotAllowed('POST, PUT')(req, res, next);
      } else if (!reloadEnabled) {
        res.status(403).type('text/plain').send('the lifecycle API is not enabled\n');
      } else if (req.get('sec-fetch-site') === 'cross-site') {
        // A page of another site makes the user's browser send this.
        res.status(403).type('text/plain').send('not from another site\n');
      } else {
        next();
      }
    })
    .all(async (_req, res) => {
      const result = await backend.reload();
      if (result.ok) res.type('text/plain').send('the configuration was reloaded\n');
      else
        res
          .status(500)
          .type('text/plain')
          .send(`${result.problems.join('\n')}\n`);
    });
}
