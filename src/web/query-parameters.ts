import type { IncomingMessage } from 'node:http';
import { KIND_NAMES, type KindName } from '../kind-table.ts';
import { RequestError } from './request-error.ts';

export function queryOf(req: IncomingMessage): URLSearchParams {
  const url = req.url ?? '';
  const mark = url.indexOf('?');
  return new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
}

/** @throws RequestError for a text that is no kind */
export function kindOf(text: string): KindName {
  const kind = KIND_NAMES.find((name) => name === text);
  if (kind === undefined)
    throw new RequestError(400, `unknown kind, expected one of ${KIND_NAMES.join(', ')}`);
  return kind;
}

/** @throws RequestError for a project that is not configured */
export function projectOf(text: string, projects: readonly string[]): string {
  if (!projects.includes(text)) throw new RequestError(400, 'unknown project');
  return text;
}

/**
 * The value of a parameter.
 * @throws RequestError if it is missing, empty or given more than once
 */
export function required(query: URLSearchParams, name: string): string {
  const [value, ...more] = query.getAll(name);
  if (value === undefined || value === '') throw new RequestError(400, `parameter ${name} is missing`);
  if (more.length > 0) throw new RequestError(400, `parameter ${name} is given more than once`);
  return value;
}
