import { expect, test } from 'vitest';
import { EXPOSED_METRICS } from './exposed-metrics.ts';
import { legendLabels, unknownNames } from './promql.ts';

test.each([
  ['modelarts_service_recent_event > 0', 'no metric modelarts_service_recent_event'],
  ['sum(rate(modelarts_pool_event_total{type="normal"}[5m]))', 'no metric modelarts_pool_event_total'],
  ['modelarts_pool_nodes{status="abnormal"}', 'no label status of modelarts_pool_nodes'],
  ['modelarts_pool_nodes{state="broken"}', 'modelarts_pool_nodes has no state="broken"'],
  ['modelarts_service_status{status=~"failed|wrong"}', 'modelarts_service_status has no status="wrong"'],
  ['max by (pool_id) (modelarts_pool_nodes)', 'no label pool_id to group by'],
  ['up == 0 and on (jobs) modelarts_exporter_build_info', 'no label jobs to group by'],
])('%s', (expression, problem) => {
  expect(unknownNames(expression, EXPOSED_METRICS)).toEqual([problem]);
});

test.each([
  'time() - max by (project, kind) (modelarts_discovery_last_success_timestamp_seconds) > 3600',
  'modelarts_pool_events_total{reason!~"A|B"} unless modelarts_pool_events_total offset 30m',
  'count_values by (job) ("shards", count by (job) (modelarts_exporter_shard_info))',
  'sum by (name) (label_replace(modelarts_target_up{project=~"$project"}, "name", "$1", "target", "(.+)"))',
])('%s is known', (expression) => {
  expect(unknownNames(expression, EXPOSED_METRICS)).toEqual([]);
});

test('labels of a legend', () => {
  expect(legendLabels('{{project}} of {{ kind }}, all')).toEqual(['project', 'kind']);
});
