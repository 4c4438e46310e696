import type { Pool, PoolNodes } from '../model.ts';
import { between, forgetOldest, type Life, type Stage } from './stage.ts';

const SECOND = 1000;
const FLAVOR = 'modelarts.vm.gpu.v100';

/** A pool that loses nodes, becomes abnormal, and gets both back. Every third time it grows and shrinks besides. */
export function* poolLife(
  stage: Stage,
  project: string,
  name: string,
  displayName: string,
  size: number,
): Life {
  const nodes: PoolNodes = { flavor: FLAVOR, creating: 0, available: size, abnormal: 0, deleting: 0 };
  const pool = stage.cloud.addPool(project, {
    name,
    display_name: displayName,
    created_at: stage.now(),
    resources: [nodes],
  });
  for (let round = 0; ; round += 1) {
    yield stage.pause(20 * SECOND);
    yield* loseNodes(stage, pool, nodes);
    if (round % 3 === 0) {
      yield stage.pause(10 * SECOND);
      yield* scale(stage, pool, nodes);
    }
    forgetOldest(pool.events);
  }
}

function* loseNodes(stage: Stage, pool: Pool, nodes: PoolNodes): Life {
  const { cloud, random } = stage;
  const lost = 1 + Math.floor(random() * Math.min(2, nodes.available));
  const event = move(stage, pool, nodes, 'Warning', { available: -lost, abnormal: lost });
  stage.tell(`pool ${pool.display_name}: loses ${lost} of ${nodes.available + lost} nodes`);
  yield between(random, 4 * SECOND, 8 * SECOND);
  cloud.growPoolEvent(event, stage.now());
  setPhase(stage, pool, 'Warning', 'Abnormal', ', details: .');
  stage.tell(`pool ${pool.display_name}: is abnormal`);
  for (let repeats = 0; repeats < 2; repeats += 1) {
    yield between(random, 4 * SECOND, 8 * SECOND);
    cloud.growPoolEvent(event, stage.now());
  }
  yield between(random, 3 * SECOND, 6 * SECOND);
  move(stage, pool, nodes, 'Normal', { available: lost, abnormal: -lost });
  yield between(random, SECOND, 3 * SECOND);
  setPhase(stage, pool, 'Normal', 'Running', '.');
  stage.tell(`pool ${pool.display_name}: is whole again`);
}

function* scale(stage: Stage, pool: Pool, nodes: PoolNodes): Life {
  stage.tell(`pool ${pool.display_name}: grows by one node for a while`);
  move(stage, pool, nodes, 'Normal', { creating: 1 });
  yield between(stage.random, 4 * SECOND, 8 * SECOND);
  move(stage, pool, nodes, 'Normal', { creating: -1, available: 1 });
  yield between(stage.random, 8 * SECOND, 12 * SECOND);
  move(stage, pool, nodes, 'Normal', { available: -1, deleting: 1 });
  yield between(stage.random, 3 * SECOND, 6 * SECOND);
  move(stage, pool, nodes, 'Normal', { deleting: -1 });
}

type Move = Partial<Record<'available' | 'abnormal' | 'creating' | 'deleting', number>>;

function move(
  stage: Stage,
  pool: Pool,
  nodes: PoolNodes,
  type: string,
  by: Move,
): ReturnType<Stage['cloud']['addPoolEvent']> {
  const counts = (): string => [nodes.available, nodes.abnormal, nodes.creating, nodes.deleting].join('/');
  const before = counts();
  nodes.available += by.available ?? 0;
  nodes.abnormal += by.abnormal ?? 0;
  nodes.creating += by.creating ?? 0;
  nodes.deleting += by.deleting ?? 0;
  const second = Math.floor(stage.now() / SECOND);
  return stage.cloud.addPoolEvent(pool.name, {
    type,
    reason: 'PoolResourcesStatusChange',
    message: `Pool resources status changed, available/abnormal/creating/deleting count from ${before} to ${counts()}, timestamp: ${second}.`,
    firstTimestamp: stage.now(),
  });
}

function setPhase(stage: Stage, pool: Pool, type: string, phase: string, tail: string): void {
  stage.cloud.addPoolEvent(pool.name, {
    type,
    reason: 'PoolStatusChange',
    message: `Pool status changed, from ${pool.phase} to ${phase}${tail}`,
    firstTimestamp: stage.now(),
  });
  stage.cloud.pool(pool.name).phase = phase;
}
