import { type Column, table } from './panels.ts';
import { columns } from './queries.ts';

/** What is planned for nodes of pools, and when it starts. */
export function plannedMaintenance(matchers: string, of: readonly Column[]) {
  const each = 'project, pool, pool_name, event, node, type';
  const start = `max by (${each}) (modelarts_pool_maintenance_start_timestamp_seconds{${matchers}})`;
  const state = `max by (${each}, state) (modelarts_pool_maintenance_state{${matchers}} == 1)`;
  return table(
    {
      title: 'Planned maintenance',
      description:
        'What ModelArts plans for nodes: inquiring waits to be authorised, scheduled is authorised, executing has begun.',
      unit: 'none',
      empty: 'None is planned, or ModelArts does not tell',
    },
    [
      ...of,
      { field: 'node', title: 'Node' },
      { field: 'type', title: 'What' },
      { field: 'state', title: 'State', width: 110 },
      { field: 'Value', title: 'Start', unit: 'dateTimeAsIso', width: 170 },
      { field: 'event', title: 'Scheduled event' },
    ],
    columns(`1000 * ${state} * on (${each}) group_left () ${start}`),
  )
    .span(24)
    .height(6);
}
