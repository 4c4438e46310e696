import { seededRandom } from '../../src/simulator/seeded-random.ts';
import { drawsOf } from '../simulation/draws.ts';
import { instant, PROD, RESEARCH, type Scene } from './scene.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Puts into the cloud what a company has there, with what is ordinary. @param start when it is looked at first */
export function furnish(scene: Scene, start: string): void {
  const { cloud } = scene;
  const draws = drawsOf(seededRandom(7, 'office'));
  const now = instant(start);
  const id = () => [8, 4, 4, 4, 12].map((digits) => hex(digits)).join('-');
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => draws.integer(0, 15).toString(16)).join('');
  const pool = (project: string, name: string, available: number) =>
    cloud.addPool(project, {
      name,
      display_name: name,
      created_at: now - 900 * HOUR,
      resources: [{ flavor: 'modelarts.kat1.8xlarge', creating: 0, available, abnormal: 0, deleting: 0 }],
    });
  pool(PROD, 'training-a', 16);
  pool(PROD, 'training-b', 8);
  pool(PROD, 'inference', 6);
  pool(RESEARCH, 'lab', 4);

  const service = (name: string, owner: string, infer_type: 'real-time' | 'edge' | 'batch' = 'real-time') => {
    const publish_at = now - draws.integer(40, 900) * HOUR;
    cloud.addService(PROD, {
      service_id: name,
      service_name: name,
      owner,
      infer_type,
      publish_at,
      transition_at: publish_at,
    });
    deploy(scene, name, 'SUCCESS', publish_at);
  };
  service('recommendation', 'shop-team');
  service('search-ranking', 'search-team');
  service('invoice-ocr', 'back-office');
  service('translation', 'language-team');
  service('fraud-scores', 'payments');
  service('quality-inspection', 'factory', 'edge');
  for (const [name, owner, count] of [
    ['assistant-chat', 'assistant-team', 4],
    ['embeddings', 'search-team', 2],
  ] as const) {
    cloud.addInferenceService(PROD, {
      id: name,
      name,
      version: '2.3.0',
      user_name: owner,
      create_at: now - 300 * HOUR,
      deployments: [{ name: 'main', pool_id: 'inference', count, running_count: count, version: '2.3.0' }],
    });
  }

  const job = (
    project: string,
    name: string,
    owner: string,
    nodes: number,
    pool_id: string,
    hoursAgo: number,
  ) => {
    const start_time = now - hoursAgo * HOUR;
    const added = cloud.addJob(project, {
      id: id(),
      name,
      user_name: owner,
      node_count: nodes,
      pool_id,
      create_time: start_time - 4 * MINUTE,
      start_time,
      running_records: [{ start_at: start_time, start_type: 'init_or_rescheduled', recover_records: [] }],
    });
    say(scene, added.id, 'Info', 'Training job is running.', start_time);
    return added;
  };
  job(PROD, 'llm-pretrain-12', 'li.wei', 8, 'training-a', 61);
  job(PROD, 'rank-distill-4', 'maria.keller', 4, 'training-a', 7);
  job(PROD, 'speech-finetune-31', 'ayesha', 2, 'training-b', 3);
  job(RESEARCH, 'diffusion-ablation-5', 'tom', 2, 'lab', 11);
  job(RESEARCH, 'graph-nets-88', 'ines', 1, 'lab', 2);
}

/** A job tells something. */
export function say(scene: Scene, id: string, level: string, message: string, time = scene.now): void {
  scene.cloud.addJobEvent(id, { time, level, source: 'Job', message });
}

/** The job of this name. */
export function jobOf(scene: Scene, name: string) {
  for (const { jobs } of scene.cloud.projects) {
    for (const job of jobs.values()) if (job.name === name) return job;
  }
  throw new Error(`there is no job ${name}`);
}

/** A deployment with its texts that ends now, after two minutes, or failed as it pulled an image. */
export function deploy(scene: Scene, service: string, result: 'SUCCESS' | 'FAIL', end = scene.now): void {
  const { cloud } = scene;
  const at = end - 120_000;
  const tell = (seconds: number, event_type: 'normal' | 'abnormal', event_info: string) =>
    cloud.addServiceEvent(service, { occur_time: at + seconds * 1_000, event_type, event_info });
  const update_time = at;
  const config = [
    { model_id: service, model_name: service, model_version: '4.2.0', weight: 100, instance_count: 2 },
  ];
  cloud.addUpdateRecord(service, { result, update_time, config });
  tell(0, 'normal', 'start to deploy service');
  tell(1, 'normal', `building image for model [${service} 4.2.0]`);
  tell(38, 'normal', `model (${service} 4.2.0) build image success`);
  tell(39, 'normal', 'preparing environment');
  tell(52, 'normal', `[${service} 4.2.0] prepare environment success`);
  tell(54, 'normal', `[${service} 4.2.0] schedule resource success`);
  tell(55, 'normal', `[${service} 4.2.0] pulling model image`);
  if (result === 'FAIL') {
    tell(
      70,
      'abnormal',
      'Failed to pull the image swr.cn-north-4.myhuaweicloud.com/models/ranker:4.2.0: manifest unknown.',
    );
    tell(100, 'abnormal', 'Failed to update the service. Perform a rollback.');
    tell(120, 'abnormal', 'Failed to update the service. The rollback failed.');
    return;
  }
  tell(94, 'normal', `[${service} 4.2.0] pull image success`);
  tell(95, 'normal', `[${service} 4.2.0] starting model`);
  tell(120, 'normal', `Service ${service} started.`);
}
