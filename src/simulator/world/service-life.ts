import type { ModelConfig, Service } from '../model.ts';
import { demoHex, demoId } from './demo-id.ts';
import { deploy, type Outcome } from './deployment.ts';
import { between, forgetOldest, type Life, type Stage, sceneOf } from './stage.ts';

const SECOND = 1000;

/** A model as the world's services run it. */
export function modelConfig(
  name: string,
  version: string,
  settings: Pick<ModelConfig, 'weight' | 'instance_count' | 'cluster_id'>,
): ModelConfig {
  return {
    model_id: demoId(`model/${name}/${version}`),
    model_name: name,
    model_version: version,
    specification: 'modelarts.vm.cpu.2u',
    ...settings,
  };
}

/** A real-time service that is updated again and again. */
export function* realTimeService(
  stage: Stage,
  project: string,
  name: string,
  models: readonly ModelConfig[],
  outcomes: readonly [Outcome, ...Outcome[]],
): Life {
  const service = addService(stage, project, name, 'real-time');
  for (let round = 0; ; round += 1) {
    yield* deploy(stage, service, models, sceneOf(outcomes, round));
    bound(service);
    yield stage.pause(30 * SECOND);
  }
}

/** Short-lived real-time services, one after the other: they come, run a while and are deleted. */
export function* canaries(stage: Stage, project: string, name: string): Life {
  for (let round = 1; ; round += 1) {
    const service = addService(stage, project, `${name}-${round}`, 'real-time');
    const model = modelConfig('asr', `2.1.${round}`, { weight: 100, instance_count: 1 });
    yield* deploy(stage, service, [model], 'success');
    yield stage.pause(60 * SECOND);
    stage.cloud.setServiceStatus(service.service_id, 'deleting', stage.now());
    yield between(stage.random, 3 * SECOND, 6 * SECOND);
    stage.cloud.removeService(service.service_id);
    stage.tell(`${service.service_name}: deleted`);
    yield stage.pause(20 * SECOND);
  }
}

/** An edge service: the same phases, and a result per node. */
export function* edgeService(stage: Stage, project: string, name: string, nodes: number): Life {
  const service = addService(stage, project, name, 'edge');
  const model = { ...modelConfig('defect-yolo', '1.4.0', {}), specification: 'modelarts.edge.ascend' };
  for (let round = 0; ; round += 1) {
    const failed = round % 3;
    yield* deploy(stage, service, [model], 'success');
    const record = service.logs.at(-1);
    if (record !== undefined) {
      record.success_num = nodes - failed;
      record.failed_num = failed;
      record.result_detail = Array.from({ length: nodes }, (_, i) => ({
        result: i >= failed,
        node_name: `edge-node-${i + 1}`,
        operation: 'deploy',
        node_id: demoId(`${name}/node/${i}`),
      }));
      if (failed > 0) {
        record.result = 'FAIL';
        stage.cloud.addServiceEvent(service.service_id, {
          event_type: 'abnormal',
          event_info: `Service ${name} failed. Error: ${failed} of ${nodes} nodes not reached`,
          occur_time: stage.now(),
        });
        stage.cloud.setServiceStatus(service.service_id, 'concerning', stage.now());
        stage.tell(`${name}: ${failed} of ${nodes} edge nodes fail`);
      }
    }
    bound(service);
    yield stage.pause(35 * SECOND);
  }
}

/** A batch service: it has events, and no update records. */
export function* batchService(stage: Stage, project: string, name: string): Life {
  const service = addService(stage, project, name, 'batch');
  const say = (event_type: string, event_info: string): void =>
    stage.cloud.addServiceEvent(service.service_id, { event_type, event_info, occur_time: stage.now() });
  for (let round = 0; ; round += 1) {
    stage.cloud.setServiceStatus(service.service_id, 'running', stage.now());
    say('normal', 'start to deploy service');
    stage.tell(`${name}: a batch run begins`);
    yield between(stage.random, 10 * SECOND, 20 * SECOND);
    const fails = round % 4 === 3;
    if (fails) say('abnormal', 'The batch service failed. Try again later. Error: input path not found');
    else say('normal', 'The service has been executed.');
    stage.cloud.setServiceStatus(service.service_id, fails ? 'failed' : 'finished', stage.now());
    stage.tell(`${name}: the batch run ${fails ? 'fails' : 'is done'}`);
    bound(service);
    yield stage.pause(40 * SECOND);
  }
}

function addService(stage: Stage, project: string, name: string, inferType: Service['infer_type']): Service {
  return stage.cloud.addService(project, {
    service_id: demoId(`service/${name}`),
    service_name: name,
    infer_type: inferType,
    owner: demoHex(`owner/${name.split('-')[0]}`),
    status: 'deploying',
    publish_at: stage.now(),
  });
}

function bound(service: Service): void {
  forgetOldest(service.events);
  forgetOldest(service.logs);
}
