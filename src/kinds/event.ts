/** What the API says of one event, or of several with the same content. Instants are Unix milliseconds. */
export interface Sighting<E> {
  /** Content identity: equal keys are the same event, or identical events. */
  readonly key: string;
  readonly event: E;
  readonly first: number;
  readonly last: number;
  /** At least 1; grows on pool events. */
  readonly count: number;
}

/** One response, decoded. */
export interface Page<E> {
  readonly sightings: readonly Sighting<E>[];
  /** Content keys of the items that could not be read as events. */
  readonly malformed: readonly string[];
  /** How many events match the request, where the API told. */
  readonly total: number | undefined;
}

/** Something that happened and was not known before: `count` events with the same content at one instant. */
export interface Occurrence<E> {
  readonly event: E;
  readonly at: number;
  readonly count: number;
}

/** How bad an event is; `info` is no problem. */
export const NOTICE_SEVERITIES = ['critical', 'warning', 'info'] as const;
export type NoticeSeverity = (typeof NOTICE_SEVERITIES)[number];

/** An occurrence as the event log, the status page and the JSON API show it. */
export interface Notice {
  readonly at: number;
  readonly severity: NoticeSeverity;
  /** The API's own classes of the event: `event_type`, or `level` and `source`, or `type`, `reason` and `count`, or `result`. */
  readonly fields: Readonly<Record<string, string | number>>;
  readonly message: string;
}

/** What a line of the event log tells of a notice. */
export type LoggedNotice = Pick<Notice, 'at' | 'fields' | 'message'>;

/** What the field `problem` of the event log and the JSON API says. */
export function isProblem({ severity }: Pick<Notice, 'severity'>): boolean {
  return severity !== 'info';
}
