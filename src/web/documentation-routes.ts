import type { Express } from 'express';
import { shippedFile } from '../shipped-file.ts';
import { getOnly } from './allowed-methods.ts';
import { readDocumentation } from './documentation.ts';
import { html } from './pages/html.ts';
import { DOCUMENTATION_PATH, page } from './pages/layout.ts';
import { type WebPaths, withPrefixedLinks } from './paths.ts';
import { RequestError } from './request-error.ts';

/**
 * The documents that come with the exporter. All of them are read at the first request, so that the path of a request
 * never opens a file.
 */
export function documentationRoutes(app: Express, paths: WebPaths): void {
  let documents: ReturnType<typeof readDocumentation> | undefined;
  for (const path of [DOCUMENTATION_PATH, `${DOCUMENTATION_PATH}/:name`]) {
    getOnly(app, path, async ({ params }, res) => {
      documents ??= readDocumentation(shippedFile);
      const { name } = params;
      const path = name === undefined ? DOCUMENTATION_PATH : `${DOCUMENTATION_PATH}/${name}`;
      const document = (await documents).get(path);
      if (document === undefined) throw new RequestError(404, 'unknown document');
      const article = html`<article class="document">${document.content}</article>`;
      res.type('html').send(withPrefixedLinks(page(document.title, article), paths));
    });
  }
}
