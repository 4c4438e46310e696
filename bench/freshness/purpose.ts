import type { Operation } from '../../src/modelarts/api.ts';

/** What a request was for. */
export type Purpose = 'listings' | 'changes' | 'updates' | 'events' | 'ended' | 'refused';

/** Counts requests by what they were for, as far as one can tell from outside. */
export interface Purposes {
  /** Listings show something else of a target: the next read of its events is for that. */
  changed(id: string): void;
  answered(operation: Operation, status: number, path: string): void;
  /** The counts since the last call. */
  take(): Readonly<Record<Purpose, number>>;
}

/** @param hasEnded whether a job has, by its id */
export function purposesOf(hasEnded: (id: string) => boolean): Purposes {
  const changed = new Set<string>();
  let counts = none();

  function purposeOf(operation: Operation, status: number, path: string): Purpose {
    if (status === 429) return 'refused';
    if (operation.startsWith('list_')) return 'listings';
    if (operation === 'service_update_logs') return 'updates';
    // The paths of pools do not tell which pool it is.
    const id = path.split('/').at(-2) ?? '';
    if (changed.delete(id)) return 'changes';
    return operation === 'training_job_events' && hasEnded(id) ? 'ended' : 'events';
  }

  return {
    changed: (id) => void changed.add(id),
    answered(operation, status, path) {
      counts[purposeOf(operation, status, path)] += 1;
    },
    take() {
      const taken = counts;
      counts = none();
      return taken;
    },
  };
}

function none(): Record<Purpose, number> {
  return { listings: 0, changes: 0, updates: 0, events: 0, ended: 0, refused: 0 };
}
