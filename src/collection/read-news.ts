import type { Notice, Occurrence } from '../kinds/event.ts';
import type { Kind } from '../kinds/kind.ts';
import { descends } from '../kinds/page-arithmetic.ts';
import type { Condition } from '../kinds/problem.ts';
import type { ReadRequest } from '../kinds/reading.ts';
import { ApiError } from '../modelarts/errors.ts';
import type { Ledger } from './ledger.ts';
import { EnoughForOnce, type ReadProgress } from './read-progress.ts';

/** What a read brought. */
export interface Outcome {
  /** Everything that was not known before, oldest first. */
  readonly occurrences: readonly Occurrence<unknown>[];
  /** Results of other endpoints that were not known before. */
  readonly notices: readonly Notice[];
  /** Conditions that began and ended since the last read. */
  readonly passed: readonly Condition[];
  readonly malformed: number;
  readonly truncated: boolean;
  /** The read of the events came to its end, though another endpoint may have failed. */
  readonly isComplete: boolean;
  /** A limit stopped it: the next read goes on. */
  readonly hasMore: boolean;
  readonly error: ApiError | undefined;
}

/**
 * Reads what is new of a target, and lets the ledger decide which of it that is. Never throws: a failure is in the
 * outcome, with what came before it.
 */
export async function readNews(
  kind: Kind<unknown, unknown, unknown>,
  ledger: Ledger<unknown>,
  state: unknown,
  request: Omit<ReadRequest, 'since' | 'page'>,
  progress: ReadProgress,
): Promise<Outcome> {
  const occurrences: Occurrence<unknown>[] = [];
  let malformed = 0;
  const end = (rest: Pick<Outcome, 'isComplete' | 'error'> & Partial<Outcome>): Outcome => {
    occurrences.sort((a, b) => a.at - b.at);
    return {
      occurrences,
      notices: [],
      passed: [],
      malformed,
      truncated: false,
      hasMore: false,
      ...rest,
    };
  };
  try {
    const { since } = progress;
    const fetchPage: ReadRequest['page'] = (what, fetch) => progress.page(request.api, what, fetch);
    const result = await kind.reading.read({ ...request, since, page: fetchPage }, state, (page) => {
      const admission = ledger.admit(page, request.now);
      // Events of one instant are to stay in the order in which they happened.
      const inOrder = descends(page) ? admission.occurrences.toReversed() : admission.occurrences;
      // One by one: a page may hold more than fit on the stack.
      for (const occurrence of inOrder) occurrences.push(occurrence);
      malformed += admission.malformed;
      return admission.occurrences.length;
    });
    ledger.end({ ...result, tookPolls: progress.tookPolls }, request.now);
    const { notices = [], passed = [], truncated = false, failure } = result;
    const hasMore = result.resume !== undefined;
    return end({ notices, passed, truncated, isComplete: true, hasMore, error: failure });
  } catch (thrown) {
    if (thrown instanceof EnoughForOnce) return end({ isComplete: false, hasMore: true, error: undefined });
    const isExpected = thrown instanceof ApiError;
    const error = isExpected ? thrown : new ApiError('other', 'unexpected error', { cause: thrown });
    return end({ isComplete: false, error });
  }
}
