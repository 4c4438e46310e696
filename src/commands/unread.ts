import type { Collector } from '../collection/collector.ts';
import { rowOf } from '../kind-table.ts';
import { printable } from '../log.ts';

const NAMED_MAX = 5;

/** What could not be read, and why: the last thing that a command says, so that nobody takes half for all. */
export function unreadWords(collector: Pick<Collector, 'failingListings' | 'targets'>): string {
  const listings = collector
    .failingListings()
    .map(
      ({ project, kind, reason }) =>
        `the list of ${rowOf(kind).nouns.toLowerCase()} in ${project} (${reason})`,
    );
  const targets = collector
    .targets()
    .filter(({ reads, isDeleted }) => reads.health.up === false && !isDeleted)
    .map(
      ({ key, name, reads }) =>
        `${name ?? key.id} in ${key.project} (${reads.health.error?.reason ?? 'other'})`,
    );
  const all = [...listings, ...targets];
  const rest = all.length > NAMED_MAX ? ` and ${all.length - NAMED_MAX} more` : '';
  return printable(`NOT COMPLETE, could not be read: ${all.slice(0, NAMED_MAX).join(', ')}${rest}`);
}
