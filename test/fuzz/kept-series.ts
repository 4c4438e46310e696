import type { Target } from '../../src/collection/target.ts';
import { targetSeries } from '../../src/collection/target-series.ts';
import { LabelBounds } from '../../src/metrics/label-bounds.ts';

/** The series of a target that survive a restart, as text: all but its health. */
export function keptSeries(target: Target, now: number): string {
  return [...targetSeries(target, now, new LabelBounds(100))]
    .map(([{ name }, lines]) => (name.startsWith('modelarts_target_') ? '' : lines))
    .join('');
}
