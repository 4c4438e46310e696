/** The closed set of service statuses, as the listing spells them. */
export const SERVICE_STATUSES = [
  'running',
  'deploying',
  'concerning',
  'failed',
  'stopped',
  'finished',
  'stopping',
  'deleting',
  'pending',
  'waiting',
] as const;
