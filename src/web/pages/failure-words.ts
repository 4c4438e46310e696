import type { FailureReason } from '../../modelarts/errors.ts';

/** Why a target could not be read, for people. */
export const FAILURE_WORDS: Readonly<Record<FailureReason, string>> = {
  auth: 'The credentials were refused',
  forbidden: 'The credentials have no permission for it',
  not_found: 'ModelArts does not know it',
  throttled: 'ModelArts asked to slow down',
  timeout: 'The answer took too long',
  network: 'ModelArts could not be reached',
  server: 'ModelArts had a fault',
  malformed: 'The answer could not be read',
  other: 'The request failed',
};
