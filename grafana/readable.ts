import { COLOUR } from './colours.ts';
import { stat } from './panels.ts';
import { IN_PROJECTS, now } from './queries.ts';
import { textMapping } from './states.ts';
import type { TargetKind } from './targets.ts';

/** Whether what a dashboard shows of its target can be believed. */
export function readable({ kind }: TargetKind) {
  return stat(
    {
      title: 'Last refresh',
      description:
        'Whether the exporter could read the target at its last try. Where it could not, everything here is of an earlier time.',
      unit: 'none',
      empty: 'Unknown',
    },
    now(`max(modelarts_target_up{${IN_PROJECTS},kind="${kind}",target=~"$${kind}"})`, 'Last refresh'),
  ).mappings([textMapping({ 0: ['Failed', COLOUR.bad], 1: ['Worked', COLOUR.good] })]);
}
