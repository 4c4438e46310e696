import type { Dialect } from '../../src/simulator/dialect.ts';

type Drawn = Pick<
  Dialect,
  'serviceEvents' | 'trainingJobEvents' | 'serviceUpdateLogs' | 'poolEvents' | 'inference'
>;

/** Some reading of the documents, with pages of any size. */
export function anyDialect(pick: <T>(values: readonly [T, ...T[]]) => T): {
  readonly [Part in keyof Drawn]: Partial<Drawn[Part]>;
} {
  const timeline = () => ({
    offset: pick<'page' | 'record'>(['page', 'record']),
    order: pick<'honoured' | 'always_asc' | 'always_desc'>([
      'honoured',
      'honoured',
      'always_asc',
      'always_desc',
    ]),
    startBound: pick<'inclusive' | 'exclusive'>(['inclusive', 'exclusive']),
    total: pick<'number' | 'string' | 'missing'>(['number', 'string', 'missing']),
    pageCap: pick([4, 7, 25, 1000]),
    ties: pick<'as_came' | 'scattered'>(['as_came', 'scattered']),
  });
  return {
    serviceEvents: timeline(),
    trainingJobEvents: {
      ...timeline(),
      k8sSource: pick<'as_stored' | 'K8S' | 'K8s'>(['as_stored', 'K8S', 'K8s']),
    },
    serviceUpdateLogs: { order: pick<'asc' | 'desc'>(['asc', 'desc']) },
    poolEvents: {
      paging: pick<'continue' | 'offset'>(['continue', 'offset']),
      offset: pick<'page' | 'record'>(['page', 'record']),
      lastContinue: pick<'absent' | 'empty' | 'present' | 'repeated'>([
        'absent',
        'empty',
        'present',
        'repeated',
      ]),
      remainingItemCount: pick([true, false]),
      order: pick<'asc' | 'desc'>(['asc', 'desc']),
      since: pick<'seconds' | 'milliseconds' | 'ignored'>(['seconds', 'milliseconds', 'ignored']),
      sinceOn: pick<'first' | 'last'>(['first', 'last']),
      startBound: pick<'inclusive' | 'exclusive'>(['inclusive', 'exclusive']),
      pageCap: pick([2, 5, 500]),
    },
    inference: {
      offset: pick<'page' | 'record'>(['page', 'record']),
      order: pick<'honoured' | 'as_came'>(['honoured', 'honoured', 'as_came']),
      filterOn: pick<'create_at' | 'update_at'>(['create_at', 'update_at']),
      pageCap: pick([2, 5, 7, 25, 1000]),
      total: pick<'number' | 'missing'>(['number', 'missing']),
      repeats: pick<'grow' | 'new_rows'>(['grow', 'grow', 'new_rows']),
    },
  };
}
