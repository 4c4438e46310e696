import { expect, test } from 'vitest';
import { decodeState, encodeEntry, encodeState } from '../../src/state/state-format.ts';
import { olderState } from './older-state.ts';

test('a state of a build before lacks what it did not keep, and is whole', () => {
  const target = { project: 'prod', kind: 'pool', id: 'a', chronicle: { reads: [] }, tally: 1 } as const;
  const header = { countingSince: 1, savedAt: 2 };
  const totals = { events: [], recent: ['a notice'], quotas: { a: 1 }, pauses: [] };
  const state = encodeState(header, JSON.stringify(totals), [encodeEntry({ target, removedAt: null })]);
  const { chronicle: _chronicle, ...older } = target;
  expect(decodeState(Buffer.from(olderState(state) ?? ''))).toEqual({
    ...header,
    totals: { events: [] },
    entries: [{ target: older, removedAt: null }],
  });
});

test.each([undefined, Buffer.from('no state')])('there is none where nothing can be read', (bytes) => {
  expect(olderState(bytes)).toBeUndefined();
});
