import { BarGaugeNamePlacement, BigValueTextMode } from '@grafana/grafana-foundation-sdk/common';
import { COLOUR } from './colours.ts';
import { dashboard, type PortableDashboard } from './dashboard.ts';
import { plannedMaintenance } from './maintenance.ts';
import { bars, coloured, eventBars, problemCount, stackedSteps, stat } from './panels.ts';
import { chosen, eventsPerMinute, highest, its, newest, now, range } from './queries.ts';
import { POOL_STATUS } from './states.ts';
import { countOfRecent, lastEvent, readable, recentEvents, stateCourse, stateNow } from './target-panels.ts';
import { POOL } from './targets.ts';

const IT = chosen(POOL);
const NODE_COLOURS = {
  available: COLOUR.good,
  abnormal: COLOUR.bad,
  creating: COLOUR.busy,
  deleting: COLOUR.removed,
};

function nodes(condition: string): string {
  return newest(POOL, its(POOL, 'nodes', `state="${condition}"`));
}

function current() {
  return [
    stateNow(
      {
        title: 'Status',
        description: 'Status from the events of the pool or from discovery, whichever is newer.',
        empty: 'Not known yet',
      },
      POOL_STATUS,
      POOL,
    ),
    stat(
      { title: 'Available nodes', description: 'Nodes that work.', unit: 'short', empty: 'Not known yet' },
      nodes('available'),
    ),
    problemCount(
      {
        title: 'Abnormal nodes',
        description: 'Nodes that do not work. Jobs and services on them may be affected.',
        unit: 'short',
        empty: 'Not known yet',
      },
      nodes('abnormal'),
      COLOUR.bad,
    ),
    countOfRecent(POOL, 'warning', 'Warnings', COLOUR.warning),
    lastEvent(POOL),
    stat(
      {
        title: 'Wanted nodes',
        description: 'Nodes that the pool is to have.',
        unit: 'short',
        empty: 'Not discovered',
      },
      newest(POOL, its(POOL, 'nodes_wanted')),
    ),
    stat(
      {
        title: 'Flavors',
        description: 'Flavors of the nodes of the pool.',
        unit: 'none',
        empty: 'Not discovered',
      },
      now(`max by (flavor) (modelarts_pool_info{${IT}})`, '{{flavor}}'),
    ).textMode(BigValueTextMode.Name),
    readable(POOL),
  ].map((panel) => panel.span(6).height(3));
}

function course() {
  return [
    coloured(
      stackedSteps(
        {
          title: 'Nodes by state',
          description: 'Nodes of the pool by state, from its events or from discovery, whichever is newer.',
          unit: 'short',
          empty: 'Not known yet',
        },
        range(newest(POOL, its(POOL, 'nodes'), 'state'), '{{state}}'),
      ),
      NODE_COLOURS,
    ).span(12),
    stateCourse(
      {
        title: 'Status',
        description: 'Status from the events of the pool or from discovery, whichever was newer.',
        empty: 'Not known yet',
      },
      POOL_STATUS,
      POOL,
    ),
  ];
}

function events() {
  return [
    recentEvents(POOL),
    eventBars(
      {
        title: 'Events by reason',
        description: 'Events per minute by reason: the 20 most frequent. Their text is on the status page.',
      },
      range(highest(20, 'reason', eventsPerMinute(POOL, its(POOL, 'events_total'), 'reason')), '{{reason}}'),
    ),
    bars(
      {
        title: 'Reasons',
        description: 'Events within the time range by type and reason: the 20 most frequent.',
        empty: 'None',
        unit: 'short',
      },
      now(
        `topk(20, max by (type, reason) (increase(modelarts_pool_events_total{${IT}}[$__range])) > 0)`,
        '{{type}}: {{reason}}',
      ),
    )
      .namePlacement(BarGaugeNamePlacement.Top)
      .decimals(0)
      .span(8),
  ];
}

/** One resource pool: its nodes, its status and its events. */
export function poolDashboard(): PortableDashboard {
  return dashboard({
    uid: POOL.uid,
    title: 'ModelArts pool',
    description: 'Nodes, status and events of one ModelArts resource pool.',
    target: POOL,
    sections: [
      { title: 'Now', panels: current() },
      { title: 'Nodes', panels: [...course(), plannedMaintenance(IT, [])] },
      { title: 'Events', panels: events() },
    ],
  });
}
