import type { ProjectConfig } from '../config/config.ts';
import type { Kind } from '../kinds/kind.ts';
import type { ReadRequest } from '../kinds/reading.ts';
import { Ledger } from './ledger.ts';
import { type Outcome, readNews } from './read-news.ts';
import { ReadProgress } from './read-progress.ts';
import type { TargetCounting } from './target-counting.ts';
import type { TargetRecord } from './target-record.ts';

/** Finds what is new of one target: what is known of its events, in which language, and of a read that was cut off. */
export class TargetNews {
  readonly ledger: Ledger<unknown>;
  readonly #kind: Kind<unknown, unknown, unknown>;
  #textLanguage: string;
  /** Of a read that was cut off in its middle. */
  #progress: ReadProgress | undefined;

  /** @param record what is remembered, if the target was collected before */
  constructor(
    kind: Kind<unknown, unknown, unknown>,
    project: ProjectConfig,
    record: TargetRecord | undefined,
  ) {
    const forgetting = kind.reading.recordsGrow ? 'no_longer_returned' : 'behind_overlap';
    this.ledger = new Ledger(forgetting, record?.ledger);
    this.#kind = kind;
    this.#textLanguage = record?.textLanguage ?? this.#languageFor(project);
  }

  /** A read was cut off in its middle. */
  get isUnfinished(): boolean {
    return this.#progress !== undefined;
  }

  /** The next read begins anew. */
  startOver(): void {
    this.#progress = undefined;
  }

  /** Never throws: a failure is in the outcome, with what came before it. */
  async read(
    about: Pick<ReadRequest, 'id' | 'api' | 'project' | 'extras' | 'first' | 'now'>,
    state: unknown,
    { lookbackStart, settings, since: countingSince }: TargetCounting,
  ): Promise<Outcome> {
    const language = this.#languageFor(about.project);
    // In another language every event known would look new.
    if (language !== this.#textLanguage) {
      this.ledger.skipOverlap();
      this.#progress = undefined;
    }
    this.#textLanguage = language;
    const progress = this.#progress ?? new ReadProgress(this.ledger.begin(lookbackStart, settings.overlap));
    progress.begin();
    const known = this.ledger.countSince(progress.since);
    const request = { ...about, known, countingSince, limit: settings.limits.eventsPerPoll };
    const outcome = await readNews(this.#kind, this.ledger, state, request, progress);
    const mayGoOn = !outcome.isComplete && progress.isWorthKeeping(outcome.error?.reason);
    this.#progress = mayGoOn ? progress : undefined;
    if (!outcome.isComplete && !mayGoOn && progress.tookPolls) this.ledger.abandon();
    return outcome;
  }

  /** Empty where texts come in one language only. */
  #languageFor(project: ProjectConfig): string {
    return this.#kind.reading.textLanguage?.(project) ?? '';
  }

  record(): Pick<TargetRecord, 'textLanguage' | 'ledger'> {
    return { textLanguage: this.#textLanguage, ledger: this.ledger.state() };
  }
}
