import { demoId } from './demo-id.ts';
import { type Life, type Stage, sceneOf } from './stage.ts';
import { JobPlay, type Plot } from './training-job-life.ts';

export interface Queue {
  readonly project: string;
  /** Jobs are named after it, with a running number. */
  readonly name: string;
  readonly pool: string;
  readonly nodes: number;
  /** Who creates its jobs. */
  readonly owner: string;
  readonly priority: number;
  readonly plots: readonly [Plot, ...Plot[]];
}

/** Older jobs of a queue are deleted. */
const JOBS_MAX = 6;
/** Milliseconds between a job and the next. */
const PAUSE = 15_000;

/** One job after the other, for ever. */
export function* trainingJobQueue(stage: Stage, queue: Queue): Life {
  const ids: string[] = [];
  for (let round = 0; ; round += 1) {
    const id = demoId(`job/${queue.name}/${round}`);
    const job = stage.cloud.addJob(queue.project, {
      id,
      name: `${queue.name}-${round + 1}`,
      phase: 'Creating',
      create_time: stage.now(),
      node_count: queue.nodes,
      pool_id: queue.pool,
      algorithm_name: queue.name,
      user_name: queue.owner,
      priority: queue.priority,
    });
    ids.push(id);
    yield* new JobPlay(stage, job).play(sceneOf(queue.plots, round));
    const oldest = ids.length > JOBS_MAX ? ids.shift() : undefined;
    if (oldest !== undefined) stage.cloud.removeJob(oldest);
    yield stage.pause(PAUSE);
  }
}
