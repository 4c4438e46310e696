import type { Operation } from './api.ts';
import type { HttpAnswer } from './error-answer.ts';
import { ApiError } from './errors.ts';

/**
 * No answer of ModelArts or IAM is nested deeper than ten levels. JSON.stringify and String overflow the stack
 * after some thousand levels, so what is deeper than this gets no further.
 */
const LEVELS_MAX = 100;

/**
 * The body of an answer, still unknown.
 * @throws ApiError with reason `malformed`
 */
export function parseBody(operation: Operation, { status, text }: HttpAnswer): unknown {
  const body = parseJson(text);
  if (body === undefined) {
    throw new ApiError('malformed', `${operation}: HTTP ${status} with a body that is not JSON`, { status });
  }
  if (isDeeper(body, LEVELS_MAX)) {
    throw new ApiError(
      'malformed',
      `${operation}: HTTP ${status} with JSON of more than ${LEVELS_MAX} levels`,
      {
        status,
      },
    );
  }
  return body;
}

/** Undefined if the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1));
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
