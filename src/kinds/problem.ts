import type { Severity } from '../config/config.ts';

/** A one-shot problem: an event that no later state takes back by itself. */
export interface Problem {
  readonly alertname: string;
  readonly severity: Severity;
  /** What the target did or is, to stand behind its name: "failed to update". */
  readonly summary: string;
  /** Labels beside the target's, such as `phase` or `reason`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Annotations beside those that every alert has. */
  readonly annotations?: Readonly<Record<string, string>>;
  readonly message: string;
  /** A recovery may end it before its quiet time has passed. */
  readonly recovers?: boolean;
}

/** A one-shot alert whose newest event is not after `at` is over. */
export interface Recovery {
  readonly alertname: string;
  readonly at: number;
}

/** A problem that lasts exactly as long as the kind's state shows it. Instants are Unix milliseconds. */
export interface Condition extends Problem {
  /** When it began. */
  readonly since: number;
  /** Time of its newest event. */
  readonly at: number;
  /** How many events told of it since it began. */
  readonly events: number;
  /** It resolves by quiet time too (a failed job stays failed for ever). */
  readonly expires: boolean;
}
