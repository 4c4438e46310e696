import type { KindName } from '../kind-table.ts';
import type { Standing } from '../kinds/standing.ts';
import type { FailureReason } from '../modelarts/errors.ts';

/** A target as pages, the JSON API and service discovery show it. Instants are Unix milliseconds. */
export interface TargetView {
  readonly project: string;
  readonly region: string;
  readonly kind: KindName;
  readonly id: string;
  readonly name: string | undefined;
  readonly origin: 'configured' | 'discovered';
  /** It does not exist any more, as a listing and a read have shown, and is neither up nor down. */
  readonly deleted: boolean;
  /** What ModelArts says of it; undefined until anything tells. */
  readonly standing: Standing | undefined;
  /** Undefined until the first refresh ended. */
  readonly up: boolean | undefined;
  readonly lastAttempt: number | undefined;
  readonly lastSuccess: number | undefined;
  /** Seconds the last refresh took. */
  readonly duration: number | undefined;
  /** Why the last refresh failed; undefined when it worked, and where the target was deleted. */
  readonly error: { readonly reason: FailureReason; readonly message: string } | undefined;
  /** Problems of each of the last 24 hours, the oldest first. */
  readonly problemHours: readonly number[];
  /** Events within the window, by the first class label (`abnormal`, `error`, `warning`, ...). */
  readonly recent: Readonly<Record<string, number>>;
}
