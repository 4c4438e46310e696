import type { Express, RequestHandler } from 'express';
import { getOnly } from './allowed-methods.ts';
import type { Backend } from './backend.ts';
import { FILES_PATH, type Library } from './documentation.ts';
import { search } from './documentation-search.ts';
import { documentPage, SEARCH_PATH, searchPage } from './pages/document-page.ts';
import { DOCUMENTATION_PATH } from './pages/layout.ts';
import { type WebPaths, withPrefixedLinks } from './paths.ts';
import { queryOf } from './query-parameters.ts';
import { RequestError } from './request-error.ts';
import { sendText } from './send-text.ts';

/** What a search may be long. */
const QUERY_MAX = 200;

/** The documents that come with the exporter, their search, and the files that they show. */
export function documentationRoutes(
  app: Express,
  backend: Backend,
  library: () => Promise<Library>,
  paths: WebPaths,
): void {
  const firing = () => backend.alerts().length;

  getOnly(app, SEARCH_PATH, async (req, res) => {
    const query = (queryOf(req).get('q') ?? '').slice(0, QUERY_MAX);
    const documents = [...(await library()).documents.values()];
    const found = searchPage(query, search(documents, query), documents, firing());
    await sendText(req, res, 'html', withPrefixedLinks(found, paths));
  });

  getOnly(app, `${FILES_PATH}/*path`, async (req, res) => {
    const text = (await library()).files.get(pathOf(req));
    if (text === undefined) throw new RequestError(404, 'unknown file');
    await sendText(req, res, req.path.endsWith('.json') ? 'json' : 'text/plain', text);
  });

  for (const path of [DOCUMENTATION_PATH, `${DOCUMENTATION_PATH}/:name`]) {
    getOnly(app, path, async (req, res) => {
      const { documents } = await library();
      const document = documents.get(pathOf(req));
      if (document === undefined) throw new RequestError(404, 'unknown document');
      const found = documentPage(document, [...documents.values()], firing());
      await sendText(req, res, 'html', withPrefixedLinks(found, paths));
    });
  }
}

/** Names are as they stand: nothing in the path of a request is decoded, and none ever opens a file. */
function pathOf({ path }: Parameters<RequestHandler>[0]): string {
  return path.length > 1 ? path.replace(/\/$/, '') : path;
}
