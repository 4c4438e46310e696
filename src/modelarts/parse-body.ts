import type { Operation } from './api.ts';
import type { Answer } from './error-answer.ts';
import { ApiError } from './errors.ts';

/**
 * The body of an answer, still unknown.
 * @throws ApiError with reason `malformed`
 */
export function parseBody(operation: Operation, { status, text }: Answer): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError('malformed', `${operation}: HTTP ${status} with a body that is not JSON`, { status });
  }
}

/** The value at `path`, or undefined. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string, unknown>)[key];
  }
  return current;
}
