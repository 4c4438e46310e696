import type { Express, NextFunction, Request, Response } from 'express';
import type { Alert } from '../alerting/alert.ts';
import type { NoticeView } from '../collection/notice-view.ts';
import { isProblem } from '../kinds/event.ts';
import { getOnly } from './allowed-methods.ts';
import type { Backend, NoticeFilter } from './backend.ts';
import { kindOf, projectOf, queryOf } from './query-parameters.ts';
import { RequestError } from './request-error.ts';
import { sendText } from './send-text.ts';
import { matches, readTargetFilter } from './target-filter.ts';
import { TargetTexts } from './target-texts.ts';

const EVENTS_DEFAULT = 100;

/** /api/v1, in the envelope of Prometheus's own API. Times are RFC 3339. */
export function apiRoutes(app: Express, backend: Backend): void {
  const texts = new TargetTexts();
  /** @param data as JSON */
  const route = (path: string, data: (query: URLSearchParams) => string) =>
    getOnly(app, `/api/v1/${path}`, (req, res) =>
      sendText(req, res, 'json', `{"status":"success","data":${data(queryOf(req))}}`),
    );

  route('targets', (query) => {
    const targets = backend.targets();
    const filter = readTargetFilter(query, backend.projects(), () => targets);
    const found = targets.filter((target) => matches(target, filter)).slice(0, limitOf(query, 0));
    return `[${found.map((target) => texts.of(target)).join()}]`;
  });
  route('events', (query) => {
    const filter = noticeFilter(query, backend.projects());
    return JSON.stringify(backend.notices(filter, limitOf(query, EVENTS_DEFAULT)).map(noticeJson));
  });
  route('alerts', () => JSON.stringify(backend.alerts().map(alertJson)));
  route('status/config', () => JSON.stringify(backend.redactedConfig()));

  app.use('/api/v1', (_req, res) => fail(res, 404, 'not_found', 'no such endpoint'));
  app.use('/api/v1', (error: unknown, _req: Request, res: Response, next: NextFunction) => {
    if (error instanceof RequestError) fail(res, error.status, 'bad_data', error.message);
    else next(error);
  });
}

/** A parameter that is left out or empty does not filter. */
function noticeFilter(query: URLSearchParams, projects: readonly string[]): NoticeFilter {
  const project = query.get('project');
  const kind = query.get('kind');
  const id = query.get('target');
  const problem = query.get('problem');
  if (problem !== null && problem !== '' && problem !== 'true' && problem !== 'false') {
    throw new RequestError(400, 'problem is neither true nor false');
  }
  return {
    ...(project ? { project: projectOf(project, projects) } : {}),
    ...(kind ? { kind: kindOf(kind) } : {}),
    ...(id ? { id } : {}),
    ...(problem ? { problem: problem === 'true' } : {}),
  };
}

/** As in Prometheus's API, 0 means no limit. */
function limitOf(query: URLSearchParams, byDefault: number): number {
  const text = query.get('limit') || String(byDefault);
  if (!/^\d+$/.test(text)) throw new RequestError(400, 'limit is no whole number');
  return Number(text) || Number.POSITIVE_INFINITY;
}

function fail(res: Response, status: number, errorType: string, error: string): void {
  res.status(status).json({ status: 'error', errorType, error });
}

/** An event with the fields that it has in the event log. */
function noticeJson(notice: NoticeView): unknown {
  const { at, project, region, kind, id, name, fields, message } = notice;
  const problem = isProblem(notice);
  return {
    time: new Date(at).toISOString(),
    project,
    region,
    kind,
    target: id,
    name,
    ...fields,
    message,
    problem,
  };
}

function alertJson({ labels, annotations, startsAt, generatorUrl = '' }: Alert): unknown {
  return {
    labels,
    annotations,
    state: 'firing',
    startsAt: new Date(startsAt).toISOString(),
    generatorURL: generatorUrl,
  };
}
