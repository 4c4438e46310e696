import type { ModelConfig, Service, UpdateRecord } from '../model.ts';
import { between, type Life, type Stage } from './stage.ts';

/** How a deployment ends: well, or at a phase, with or without the way back. */
export type Outcome =
  | 'success'
  | 'image_fails'
  | 'no_resources'
  | 'pull_fails'
  | 'start_fails'
  | 'rollback_fails';

const SECOND = 1000;

/** One deployment through its five phases, with the documented texts, and its update record. */
export function* deploy(
  stage: Stage,
  service: Service,
  models: readonly ModelConfig[],
  outcome: Outcome,
): Life {
  const { cloud, random } = stage;
  const say = (event_type: 'normal' | 'abnormal', event_info: string): void =>
    cloud.addServiceEvent(service.service_id, { event_type, event_info, occur_time: stage.now() });
  const progress = (percent: number): void => {
    service.progress = percent;
  };

  cloud.setServiceStatus(service.service_id, 'deploying', stage.now());
  const record = cloud.addUpdateRecord(service.service_id, {
    result: 'RUNNING',
    update_time: stage.now(),
    config: models,
  });
  progress(0);
  stage.tell(`${service.service_name}: a deployment begins`);
  say('normal', 'start to deploy service');

  for (const { model_name, model_version } of models) {
    yield between(random, 10, 50);
    say('normal', `building image for model [${model_name} ${model_version}]`);
    yield between(random, 0.5 * SECOND, 2 * SECOND);
    if (outcome === 'image_fails') {
      say('abnormal', `Failed to create model image ${model_name}. For details, see logs :\nno space left.`);
      return yield* rollBack(stage, service, record, outcome);
    }
    say('normal', `model (${model_name} ${model_version}) build image success`);
  }
  progress(30);
  yield between(random, 0.5 * SECOND, SECOND);
  say('normal', 'preparing environment');
  yield between(random, 2 * SECOND, 5 * SECOND);
  for (const model of models) {
    say('normal', `[${label(model)}] prepare environment success`);
    yield between(random, 5, 20);
    if (outcome === 'no_resources') {
      say('abnormal', 'Insufficient resources. Wait until idle resources are sufficient.');
      return yield* rollBack(stage, service, record, outcome);
    }
    say('normal', `[${label(model)}] schedule resource success`);
  }
  progress(50);
  for (const model of models) {
    yield between(random, 5, 20);
    say('normal', `[${label(model)}] pulling model image`);
  }
  for (const model of models) {
    yield between(random, 2 * SECOND, 6 * SECOND);
    if (outcome === 'pull_fails') {
      say('abnormal', 'failed to pull image, retry later');
      return yield* rollBack(stage, service, record, outcome);
    }
    say('normal', `[${label(model)}] pull image success`);
    yield between(random, 5, 20);
    say('normal', `[${label(model)}] starting model`);
  }
  progress(80);
  yield between(random, 2 * SECOND, 5 * SECOND);
  if (outcome !== 'success') {
    say('abnormal', `Failed to start service ${service.service_name}.`);
    return yield* rollBack(stage, service, record, outcome);
  }
  say('normal', `Service ${service.service_name} started.`);
  end(stage, service, record, 'SUCCESS', 'running');
  stage.tell(`${service.service_name}: deployed`);
}

/** A rollback that works is told as a normal event, as the catalogue of events has it. */
function* rollBack(stage: Stage, service: Service, record: UpdateRecord, outcome: Outcome): Life {
  const { cloud, random } = stage;
  const say = (event_type: 'normal' | 'abnormal', event_info: string): void =>
    cloud.addServiceEvent(service.service_id, { event_type, event_info, occur_time: stage.now() });

  stage.tell(`${service.service_name}: the deployment fails (${outcome.replaceAll('_', ' ')})`);
  yield between(random, SECOND, 2 * SECOND);
  say('abnormal', 'Failed to update the service. Perform a rollback.');
  cloud.setServiceStatus(service.service_id, 'concerning', stage.now());
  yield between(random, 3 * SECOND, 6 * SECOND);
  if (outcome === 'rollback_fails') {
    say('abnormal', 'Failed to update the service. The rollback failed.');
    end(stage, service, record, 'FAIL', 'failed');
    stage.tell(`${service.service_name}: the rollback fails too`);
    return;
  }
  say('normal', 'Failed to update the service. The update has been rolled back.');
  end(stage, service, record, 'FAIL', 'running');
  stage.tell(`${service.service_name}: rolled back`);
}

function end(stage: Stage, service: Service, record: UpdateRecord, result: string, status: string): void {
  record.result = result;
  stage.cloud.setServiceStatus(service.service_id, status, stage.now());
}

function label({ model_name, model_version }: ModelConfig): string {
  return `${model_name} ${model_version}`;
}
