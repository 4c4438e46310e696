import type { TotalFamily } from './family.ts';

/**
 * The events of all targets of a kind in a project together. They exist with 0 from the start and never become less:
 * what a target has counted stays when it is removed, and also when it is forgotten.
 */
export const EVENTS: TotalFamily = {
  name: 'modelarts_events_total',
  type: 'counter',
  help: "Events of all targets of a kind together that occurred since the exporter's epoch.",
  isOfAllKinds: true,
  labels: ['problem'],
  known: [{ problem: 'true' }, { problem: 'false' }],
};
