/** A fault planted in the program: in this file, this piece of code in place of another, which stands there once. */
export interface Mutant {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Each must break a law of some story; the pieces are the same in the source and in what is compiled of it. */
export const MUTANTS: readonly Mutant[] = [
  {
    what: 'reads begin where the last one ended, without overlap',
    file: 'collection/ledger',
    from: 'base - overlap',
    to: 'base',
  },
  {
    what: 'every identity is forgotten at the next read',
    file: 'collection/ledger',
    from: 'if (known.last < this.#horizon)',
    to: 'if (known.last <= this.#cursor)',
  },
  {
    what: 'an event that grew counts whole again',
    file: 'collection/ledger',
    from: 'count: count - known.count',
    to: 'count',
  },
  {
    what: 'identical events of one page count once',
    file: 'collection/ledger',
    from: 'same.records += 1',
    to: 'same.records = 1',
  },
  {
    what: 'the read after a long one begins where that one ended',
    file: 'collection/ledger',
    from: 'longRead === undefined ? this.#cursor : longRead.cursorBefore',
    to: 'this.#cursor',
  },
  {
    what: 'a newborn counter is shown with its value',
    file: 'metrics/newborns',
    from: 'newborns.has(series) ? 0 : value',
    to: 'value',
  },
  {
    what: 'a newborn counter is revealed by the scrape that shows it',
    file: 'metrics/newborns',
    from: 'after < scrape',
    to: 'after <= scrape',
  },
  {
    what: 'nobody waits for the slower scraper',
    file: 'metrics/scrapers',
    from: 'if (covers(scope, key))\n                seen = Math.min(seen, lastWhole)',
    to: 'seen = Math.max(Number.isFinite(seen) ? seen : 0, lastWhole)',
  },
  {
    what: 'who scraped before a restart is forgotten by it',
    file: 'exporter',
    from: 'scrapers.restore(before?.scrapers ?? [])',
    to: 'scrapers.restore([])',
  },
  {
    what: 'which counters are newborn is forgotten by a restart',
    file: 'collection/fleet',
    from: 'memory.target.unseen',
    to: '[]',
  },
  {
    what: 'the state file is not synced',
    file: 'state/replace-file',
    from: 'await handle.sync();\n    }',
    to: '}',
  },
  {
    what: 'the name of the state file is not synced',
    file: 'state/replace-file',
    from: 'await syncFolder(disk, dirname(file));',
    to: '',
  },
  {
    what: 'short writes to the state file are taken for whole ones',
    file: 'state/replace-file',
    from: 'done += (await handle.write(bytes, done)).bytesWritten',
    to: 'done = (await handle.write(bytes, done), bytes.length)',
  },
  {
    what: 'numbers are shown before they are saved',
    file: 'collection/group-commit',
    from: 'const isSaved = await save();',
    to: 'const isSaved = true; void save();',
  },
  {
    what: 'what a target adds to the total of its project is added again and again',
    file: 'collection/target-counting',
    from: 'this.#news.clear();',
    to: '',
  },
  {
    what: 'what happened before the start counts',
    file: 'collection/tally',
    from: 'at >= countingSince ? count : 0',
    to: 'count',
  },
  {
    what: 'totals of projects count what happened before the start',
    file: 'collection/target-counting',
    from: 'occurrence.at < since',
    to: 'false',
  },
  {
    what: 'alerts run out before they are sent again',
    file: 'alerting/wire',
    from: 'const INTERVALS_AHEAD = 4',
    to: 'const INTERVALS_AHEAD = 0.5',
  },
  {
    what: 'alerts that go on are never sent again',
    file: 'alerting/send-loop',
    from: 'since(isAll ? 0 : sentRevision)',
    to: 'since(sentRevision)',
  },
  {
    what: 'a change that comes while alerts are sent is not noticed',
    file: 'alerting/send-loop',
    from: 'this.#alarm.wake();\n    }\n    /** Sends',
    to: '}\n    /** Sends',
  },
  {
    what: 'a target that can be read again is still down',
    file: 'alerting/bridge',
    from: 'if (readWorked(entry, began, now))',
    to: 'if (readWorked(entry, began, now) || true)\n            return;\n        if (false)',
  },
  {
    what: 'a project that answers is not noticed to',
    file: 'alerting/project-watch',
    from: 'this.#reachedAt = now;\n            this.#failure = undefined;',
    to: '',
  },
  {
    what: 'what ModelArts has deleted is told to be down',
    file: 'collection/target',
    from: 'this.#isMissing && this.reads',
    to: 'false && this.reads',
  },
  {
    what: 'refusals teach no quota',
    file: 'modelarts/throttling',
    from: 'quota.refused(error.limit, sentAt, now())',
    to: 'false',
  },
  {
    what: 'a rejected credential is tried again and again',
    file: 'modelarts/breaker',
    from: 'until: Math.max(until, now() + backoff)',
    to: 'until: now()',
  },
  {
    what: 'every shard takes all targets',
    file: 'collection/shard',
    from: '% count === index',
    to: '% 1 === 0',
  },
  {
    what: 'what was discovered before a restart is forgotten by it',
    file: 'collection/target-store',
    from: "origin === 'discovered'",
    to: "origin === 'nobody'",
  },
  {
    what: 'a condition that has ended is never told to have',
    file: 'alerting/states',
    from: 'isFiring(record) && !wanted.has(key)',
    to: 'false',
  },
  {
    what: 'a target that failed is read no more',
    file: 'collection/schedule',
    from: 'pace.reason !== undefined)',
    to: 'false || pace.reason !== undefined) return Infinity; if (true)',
  },
  {
    what: 'the beginning of a page is taken for the whole',
    file: 'collection/read-news',
    from: 'for (const occurrence of inOrder)',
    to: 'for (const occurrence of inOrder.slice(0, 20))',
  },
];
