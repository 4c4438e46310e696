import type { ProjectConfig } from '../config/config.ts';
import type { Api, Operation } from '../modelarts/api.ts';

/** One thing that the doctor found out. Ids and texts of the cloud are apart from its own words, so that they can be masked. */
export interface Finding {
  /** What was looked at, such as `offset`. */
  readonly topic: string;
  /**
   * `ok`: as the exporter needs it; `note`: worth knowing, and nothing is to be done; `problem`: somebody should do
   * something; `unknown`: could not be found out.
   */
  readonly verdict: 'ok' | 'note' | 'problem' | 'unknown';
  /** What is so, and what that means. */
  readonly says: string;
  /** Ids of targets that it is about. */
  readonly targets?: readonly string[];
  /** What ModelArts wrote. */
  readonly texts?: readonly string[];
}

export interface ExamineRequest {
  /** Counts what it is asked: each request is sent once, and only so many of them. */
  readonly api: Api;
  readonly project: ProjectConfig;
  /** Targets to look at, those that tell most first. */
  readonly ids: readonly string[];
  readonly now: number;
}

/** How a kind finds out which reading of the documents this cloud follows. */
export interface Examination {
  /**
   * The actions of IAM that each call of the kind needs: one, or others that documents name in its place; none where
   * documents name none.
   */
  readonly permissions: Readonly<Partial<Record<Operation, readonly string[]>>>;
  /** The calls that the exporter does without where they are refused, and what is missing then. */
  readonly dispensable?: Readonly<Partial<Record<Operation, string>>>;
  /** Each looks at something of its own. It throws an ApiError where it is refused that. */
  readonly steps: readonly ((request: ExamineRequest) => Promise<readonly Finding[]>)[];
}

const TARGETS_TRIED = 5;

/**
 * Looks at some of the targets, one after the other, until one has enough to tell.
 * @returns what was seen of the one that had the most; undefined where there is no target
 */
export async function mostTelling<T extends { readonly items: readonly unknown[] }>(
  ids: readonly string[],
  look: (id: string) => Promise<T>,
  isEnough: (shown: T) => boolean,
): Promise<T | undefined> {
  let most: T | undefined;
  for (const id of ids.slice(0, TARGETS_TRIED)) {
    const shown = await look(id);
    if (most === undefined || shown.items.length > most.items.length) most = shown;
    if (isEnough(shown)) break;
  }
  return most;
}

/** Fewer events than these can't show what an offset counts. */
export const EVENTS_MIN = 3;

export const TOO_FEW_EVENTS: Finding = {
  topic: 'paging',
  verdict: 'unknown',
  says: 'none of the targets looked at has enough events to tell how pages, order and times are meant',
};

/** Those of a closed set, as ModelArts spells it: what else may stand there is not to be shown. */
export function wordsAmong(values: Iterable<string>): string {
  const words = [...new Set(values)].filter((value) => /^[A-Za-z][A-Za-z_-]{0,31}$/.test(value)).sort();
  return words.length === 0 ? 'no words' : words.slice(0, 10).join(', ');
}
