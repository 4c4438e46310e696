import { expect, test } from 'vitest';
import { letGoOfFuture } from '../src/clock-steps.ts';

const NOW = Date.UTC(2026, 0, 10, 12);
const HOUR = 3_600_000;

test('what a clock dated hours ahead is let go, wherever it stands', () => {
  const state = {
    status: { at: NOW + HOUR, observed: NOW + HOUR },
    readAt: NOW + HOUR,
    marks: [[NOW + HOUR, 'image_pulling', 'start']],
  };
  letGoOfFuture(state, NOW);
  expect(state).toEqual({
    status: { at: NOW, observed: NOW },
    readAt: NOW,
    marks: [[NOW, 'image_pulling', 'start']],
  });
});

test('what the API dates a little ahead is believed, and a count is no date however large', () => {
  const state = {
    newest: { at: NOW + 60_000 },
    nodes: NOW + HOUR,
    counts: { available: Number.MAX_SAFE_INTEGER },
  };
  const before = structuredClone(state);
  letGoOfFuture(state, NOW);
  expect(state).toEqual(before);
});

test('a clock that was set back for a while has no record counted again by which others are told', () => {
  const state = { counted: [NOW - 1, NOW + HOUR] };
  letGoOfFuture(state, NOW);
  expect(state).toEqual({ counted: [NOW - 1, NOW + HOUR] });
});
