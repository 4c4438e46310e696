import type { Scenario } from './running-records.ts';

/** What befell a job, as people say it. */
export const FAULT_WORDS: Readonly<Record<Scenario, string>> = {
  chip_fault: 'a chip fault',
  node_fault: 'a node fault',
  job_failed: 'a failure of its own',
  job_hanged: 'a hang',
  job_subhealth: 'a slowdown',
  error_in_log: 'an error in its log',
  other: 'a fault',
};
