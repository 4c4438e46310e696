import { expect, test } from 'vitest';
import { gained, percentiles } from '../../grafana/totals.ts';

/** What one of two replicas is taken by. */
function takenBy(expression: string): string[] | undefined {
  return /max by \(([^)]*)\)/.exec(expression)?.[1]?.split(', ').sort();
}

test('one of two replicas is taken of each series, not the largest of several series', () => {
  expect(takenBy(gained('modelarts_training_jobs_ended_total'))).toEqual(['project', 'result', 'shard']);
  expect(takenBy(gained('modelarts_training_lost_node_seconds_total{pool="p"}', 'scenario'))).toEqual([
    'pool',
    'project',
    'scenario',
    'shard',
  ]);
  const [median] = percentiles('modelarts_training_job_stage_seconds', 'stage');
  expect(takenBy(median?.build().expr ?? '')).toEqual(['le', 'project', 'shard', 'stage']);
});
