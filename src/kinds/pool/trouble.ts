/** Since when something is wrong, and what told so last. Instants are Unix milliseconds. */
interface Told {
  readonly since: number;
  readonly at: number;
  readonly events: number;
  readonly message: string;
}

/**
 * Something that is wrong with a pool, put together from what events tell and what the listing shows. Whichever is
 * later decides whether it goes on; an event, where there is one, tells since when and why:
 *
 *     event Abnormal 09:00, listing Running 10:00             nothing is wrong
 *     event Abnormal 09:00, listing Abnormal 10:00            wrong since 09:00, in the event's words
 *     listing Abnormal 10:00, read afterwards: event 09:00    the same
 *     listing Abnormal 10:00                                  wrong since 10:00
 */
export interface Trouble {
  /** Begun by the first event that tells of it, and gone on by later ones. */
  readonly told?: Told;
  /** Since when the listing shows it. */
  readonly listed?: { readonly since: number; readonly message: string };
  /** When the listing last showed that nothing is wrong: events before it are history. */
  readonly goodAt?: number;
}

/** What an event or a listing says: `neither` neither begins nor ends a trouble. */
export type Verdict = 'bad' | 'good' | 'neither';

export const NO_TROUBLE: Trouble = {};

/** An event as far as a trouble is concerned. */
interface Telling {
  readonly at: number;
  /** When the exporter learnt of it, or when it happened if it was history then. */
  readonly observed: number;
  readonly count: number;
  readonly message: string;
}

/** Takes in an event that is not older than those before it. */
export function foldTold(
  trouble: Trouble,
  verdict: Verdict,
  { at, observed, count, message }: Telling,
): Trouble {
  const { told, listed, goodAt = Number.NEGATIVE_INFINITY } = trouble;
  if (verdict === 'neither' || observed < wholeSecond(goodAt)) return trouble;
  const isLater = listed === undefined || observed >= wholeSecond(listed.since);
  const stillListed = listed === undefined || (verdict === 'good' && isLater) ? {} : { listed };
  const good = trouble.goodAt === undefined ? {} : { goodAt: trouble.goodAt };
  if (verdict === 'good') return { ...stillListed, ...good };
  const { since = at, events = 0 } = told ?? {};
  return { ...stillListed, ...good, told: { since, at, events: events + count, message } };
}

/** Takes in what the listing shows now. */
export function foldListed(trouble: Trouble, verdict: Verdict, message: string, now: number): Trouble {
  if (verdict === 'good') return { goodAt: now };
  if (verdict === 'neither' || trouble.listed !== undefined) return trouble;
  return { ...trouble, listed: { since: now, message } };
}

/** What events alone tell. */
export function withoutListing({ listed: _, ...trouble }: Trouble): Trouble {
  return trouble;
}

/** The trouble as an alert tells it; undefined while nothing is wrong. No event: the listing alone shows it. */
export function storyOf({ told, listed }: Trouble): Told | undefined {
  if (told !== undefined) return told;
  return listed === undefined ? undefined : { ...listed, at: listed.since, events: 0 };
}

/** Events tell whole seconds, so one of the listing's own second may be later than the listing. */
function wholeSecond(instant: number): number {
  return Math.floor(instant / 1000) * 1000;
}
