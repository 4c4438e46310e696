import type { Outlook } from './standing.ts';

/** Something that happened to a target, as a timeline marks it. Instants are Unix milliseconds. */
export interface Moment {
  readonly at: number;
  readonly what: 'deployment' | 'restart' | 'begin' | 'end' | 'fault' | 'recovery';
  readonly words: string;
  readonly news: 'good' | 'bad' | 'none';
}

/** What an event tells of how a target stood at its time. */
export interface Told {
  readonly status?: string;
  readonly outlook?: Outlook;
  /** Nodes by state. */
  readonly nodes?: Readonly<Record<string, number>>;
}
