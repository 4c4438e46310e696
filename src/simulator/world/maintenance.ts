import type { ScheduledEvent } from '../model.ts';
import { demoId } from './demo-id.ts';
import { between, type Life, type Stage, sceneOf } from './stage.ts';

const SECOND = 1000;
/** Older events of a project are forgotten. */
const EVENTS_MAX = 50;

const WORKS: readonly [
  Pick<ScheduledEvent, 'type' | 'description'>,
  ...Pick<ScheduledEvent, 'type' | 'description'>[],
] = [
  { type: 'node_reboot', description: 'The node has to be restarted to repair its memory.' },
  { type: 'system-maintenance', description: 'The host of the node gets a new version of its firmware.' },
  { type: 'localdisk-recovery', description: 'A local disk of the node is replaced.' },
];

/** Maintenance of the nodes of a pool, one after the other: it waits to be authorised, is planned, done and over. */
export function* maintenance(
  stage: Stage,
  project: string,
  pool: string,
  displayName: string,
  size: number,
): Life {
  const { cloud, random } = stage;
  const { scheduledEvents } = cloud.project(project);
  for (let round = 0; ; round += 1) {
    const node = `${displayName}-node-${(round % size) + 1}`;
    const event = cloud.addScheduledEvent(project, {
      id: `event-${demoId(`maintenance/${pool}/${round}`)}`,
      ...sceneOf(WORKS, round),
      nodeName: node,
      poolName: pool,
      publishTime: stage.now(),
    });
    stage.tell(`pool ${displayName}: maintenance of ${node} waits to be authorised`);
    yield between(random, 100 * SECOND, 150 * SECOND);
    event.state = 'scheduled';
    const wait = between(random, 100 * SECOND, 150 * SECOND);
    event.notBefore = stage.now() + Math.round(wait);
    stage.tell(`pool ${displayName}: maintenance of ${node} is authorised`);
    yield wait;
    event.state = 'executing';
    event.startTime = stage.now();
    stage.tell(`pool ${displayName}: maintenance of ${node} begins`);
    yield between(random, 60 * SECOND, 90 * SECOND);
    event.state = 'completed';
    event.finishTime = stage.now();
    stage.tell(`pool ${displayName}: maintenance of ${node} is done`);
    if (scheduledEvents.length > EVENTS_MAX) scheduledEvents.splice(0, scheduledEvents.length - EVENTS_MAX);
    yield stage.pause(60 * SECOND);
  }
}
