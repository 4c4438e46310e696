import type { Logger } from '../log.ts';
import { ApiError } from './errors.ts';
import type { Quota } from './quota.ts';
import type { RequestGate } from './request-gate.ts';
import { createThrottlePauses } from './throttle-pauses.ts';

interface ThrottlingOptions {
  /** Its name, for the log. */
  readonly project: string;
  readonly gate: Pick<RequestGate, 'pause' | 'isPaused'>;
  readonly quota: Pick<Quota, 'passed' | 'refused'>;
  readonly log: Pick<Logger, 'warn'>;
  /** By the monotonic clock, as the instants of sending are. */
  readonly now: () => number;
}

/** Learns from the end of each request how much a project may send. */
export interface Throttling {
  succeeded(sentAt: number): void;
  /**
   * Pauses the whole project after a 429.
   * @returns the error to throw: that of a 429 says how long the pause is
   */
  failed(error: unknown, sentAt: number): unknown;
  /** The last 429 came because the exporter itself had used its quota up. */
  isOwnDoing(): boolean;
}

export function createThrottling({ project, gate, quota, log, now }: ThrottlingOptions): Throttling {
  const pauses = createThrottlePauses();
  let isOwnDoing = false;
  return {
    succeeded(sentAt) {
      pauses.succeeded(sentAt);
      quota.passed(sentAt, now());
    },
    failed(error, sentAt) {
      if (!(error instanceof ApiError)) return error;
      const { reason, message, status, code } = error;
      if (reason !== 'throttled') {
        if (status !== undefined) quota.passed(sentAt, now());
        return error;
      }
      const pause = pauses.pauseFor(error.retryAfter, sentAt, now());
      isOwnDoing = quota.refused(error.limit, sentAt, now());
      // The other requests in flight will be answered the same, and one line is enough.
      if (!gate.isPaused()) log.warn('throttled', { project, pause_seconds: pause / 1000, error: message });
      gate.pause(pause);
      return new ApiError('throttled', message, { status, code, retryAfter: pause, isOwnDoing });
    },
    isOwnDoing: () => isOwnDoing,
  };
}
