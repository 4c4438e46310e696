import type { Credentials } from '../access/credentials.ts';
import type { Cloud } from '../cloud.ts';
import { demoHex, demoId } from './demo-id.ts';
import { inferenceServiceLife } from './inference-service-life.ts';
import { maintenance } from './maintenance.ts';
import { poolLife } from './pool-life.ts';
import { batchService, canaries, edgeService, modelConfig, realTimeService } from './service-life.ts';
import { type Queue, trainingJobQueue } from './training-job-queue.ts';
import type { World } from './world.ts';

/** The demo's two projects; what a configuration has to know of them. */
export const DEMO = {
  prod: {
    id: demoHex('project/prod'),
    region: 'cn-north-4',
    token: 'demo-token',
    listedService: demoId('service/recommendation'),
    pool: `pool-${demoHex('pool/training-a')}`,
  },
  research: {
    id: demoHex('project/research'),
    region: 'ap-southeast-1',
    accessKey: 'DEMOACCESSKEY0000001',
    secretKey: 'demo-secret-key-of-the-simulator-only',
    pool: `pool-${demoHex('pool/lab')}`,
  },
} as const;

/** Who may use the demo's cloud: one project by token, the other by signed requests. */
export const DEMO_CREDENTIALS: Credentials = {
  tokens: [{ token: DEMO.prod.token, projectId: DEMO.prod.id }],
  accessKeys: [{ accessKey: DEMO.research.accessKey, secretKey: DEMO.research.secretKey }],
};

/** Brings everybody on: services, queues of training jobs, pools. */
export function castDemo(cloud: Cloud, world: World): void {
  const { prod, research } = DEMO;
  cloud.addProject({ id: prod.id, name: prod.region });
  cloud.addProject({ id: research.id, name: research.region });

  const versions = [
    modelConfig('recommend', '3.0.0', { weight: 80, instance_count: 4, cluster_id: prod.pool }),
    modelConfig('recommend', '3.1.0', { weight: 20, instance_count: 1, cluster_id: prod.pool }),
  ];
  const speech = [modelConfig('asr', '2.0.1', { weight: 100, instance_count: 2, cluster_id: research.pool })];
  world.add('recommendation', (stage) =>
    realTimeService(stage, prod.id, 'recommendation', versions, [
      'success',
      'image_fails',
      'success',
      'no_resources',
    ]),
  );
  world.add('defect-detection', (stage) => edgeService(stage, prod.id, 'defect-detection', 4));
  world.add('nightly-scoring', (stage) => batchService(stage, prod.id, 'nightly-scoring'));
  world.add('speech-to-text', (stage) =>
    realTimeService(stage, research.id, 'speech-to-text', speech, [
      'success',
      'pull_fails',
      'start_fails',
      'success',
      'rollback_fails',
    ]),
  );
  world.add('chat-assistant', (stage) => inferenceServiceLife(stage, prod.id, prod.pool, 'chat-assistant'));
  world.add('speech-canary', (stage) => canaries(stage, research.id, 'speech-canary'));

  const job = (
    project: string,
    pool: string,
    name: string,
    nodes: number,
    of: Pick<Queue, 'owner' | 'priority' | 'plots'>,
  ): void => world.add(name, (stage) => trainingJobQueue(stage, { project, name, pool, nodes, ...of }));
  job(prod.id, prod.pool, 'resnet50', 2, {
    owner: 'vision-team',
    priority: 0,
    plots: ['completes', 'crashes', 'is_preempted'],
  });
  job(prod.id, prod.pool, 'llm-finetune', 4, {
    owner: 'language-team',
    priority: 3,
    plots: ['restarts', 'runs_out_of_memory', 'is_given_up'],
  });
  job(research.id, research.pool, 'diffusion', 1, {
    owner: 'research-team',
    priority: 1,
    plots: ['completes', 'hangs', 'crashes'],
  });

  world.add('training-a', (stage) => poolLife(stage, prod.id, prod.pool, 'training-a', 8));
  world.add('lab', (stage) => poolLife(stage, research.id, research.pool, 'lab', 3));
  world.add('training-a/maintenance', (stage) => maintenance(stage, prod.id, prod.pool, 'training-a', 8));
  world.add('lab/maintenance', (stage) => maintenance(stage, research.id, research.pool, 'lab', 3));
}
