import type { InferenceDeployment, InferencePodEvent, InferenceService } from '../model.ts';
import { demoId } from './demo-id.ts';
import { between, forgetOldest, type Life, type Stage } from './stage.ts';

const SECOND = 1000;
const WANTED = 3;

/** A service of the new generation that is upgraded again and again; every second upgrade fails first. */
export function* inferenceServiceLife(stage: Stage, project: string, pool: string, name: string): Life {
  const actor = new Actor(stage, project, pool, name);
  for (let round = 0; ; round += 1) {
    yield* actor.deploy(round, round % 2 === 1);
    yield stage.pause(30 * SECOND);
    if (round % 3 === 2) yield* actor.loseInstance();
    yield stage.pause(20 * SECOND);
  }
}

class Actor {
  readonly #stage: Stage;
  readonly #service: InferenceService;
  readonly #deployment: InferenceDeployment;

  constructor(stage: Stage, project: string, pool: string, name: string) {
    this.#stage = stage;
    const deployments = [{ name: `${name}-main`, pool_id: pool, count: WANTED, running_count: 0 }];
    this.#service = stage.cloud.addInferenceService(project, {
      id: demoId(`inference-service/${name}`),
      name,
      status: 'INIT',
      version: '1.0.0',
      user_name: 'assistant-team',
      create_at: stage.now(),
      deployments,
    });
    const [deployment] = this.#service.deployments;
    if (deployment === undefined) throw new Error(`${name} has no deployment`);
    this.#deployment = deployment;
  }

  *deploy(round: number, fails: boolean): Life {
    const { random } = this.#stage;
    const { name } = this.#service;
    this.#service.version = `1.0.${round}`;
    this.#service.version_count = round + 1;
    this.#deployment.version = this.#service.version;
    this.#status(round === 0 ? 'DEPLOYING' : 'UPGRADING', 'a deployment begins');
    this.#say('NORMAL', 'Start to deploy the service.', '开始部署服务。');
    yield between(random, SECOND, 2 * SECOND);
    this.#pod('Normal', 'Scheduled', `Successfully assigned infer/${name} to node-7`);
    this.#pod('Normal', 'Pulling', 'Pulling image "swr.example.com/chat:1.0"');
    const pull = between(random, 2 * SECOND, 5 * SECOND);
    yield pull;
    if (fails) yield* this.#fail();
    const took = (pull / SECOND).toFixed(3);
    this.#pod('Normal', 'Pulled', `Successfully pulled image "swr.example.com/chat:1.0" in ${took}s`);
    this.#pod('Normal', 'Started', 'Started container infer');
    yield between(random, 2 * SECOND, 4 * SECOND);
    this.#deployment.running_count = WANTED;
    this.#service.failure_reason = '';
    this.#say('NORMAL', 'The service is deployed.', '服务部署成功。');
    this.#status('RUNNING', fails ? 'recovered' : 'deployed');
    forgetOldest(this.#service.events);
    forgetOldest(this.#deployment.podEvents);
  }

  /** The image can't be pulled for a while; the warning is repeated, and grows. */
  *#fail(): Life {
    const { cloud, random } = this.#stage;
    const pod = this.#pod('Warning', 'BackOff', 'Back-off pulling image "swr.example.com/chat:1.0"');
    const warning = this.#say(
      'WARNING',
      `Failed to start the pod container in deployment [${this.#deployment.name}].`,
      `部署[${this.#deployment.name}]的Pod容器启动失败。`,
    );
    for (let tries = 0; tries < 3; tries += 1) {
      yield between(random, SECOND, 2 * SECOND);
      pod.count += 1;
      pod.last_timestamp = Math.floor(this.#stage.now() / SECOND) * SECOND;
      cloud.repeatInferenceEvent(warning, this.#stage.now());
    }
    this.#deployment.running_count = 0;
    this.#service.failure_reason = 'the image can not be pulled: not found';
    this.#say(
      'ABNORMAL',
      'Failed to deploy the service, the image can not be pulled: not found.',
      '服务部署失败，镜像拉取失败。',
    );
    this.#status('FAILED', 'the deployment fails');
    yield between(random, 6 * SECOND, 10 * SECOND);
    this.#status('UPGRADING', 'is deployed again');
    yield between(random, SECOND, 2 * SECOND);
  }

  *loseInstance(): Life {
    this.#pod('Warning', 'Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 503');
    this.#deployment.running_count = WANTED - 1;
    this.#say('ABNORMAL', 'Abnormal instances of the service: 1', '服务异常，不正常的实例数为1');
    this.#status('CONCERNING', 'an instance fails');
    yield between(this.#stage.random, 6 * SECOND, 10 * SECOND);
    this.#deployment.running_count = WANTED;
    this.#status('RUNNING', 'the instance is back');
  }

  #status(status: string, story: string): void {
    this.#stage.cloud.setInferenceStatus(this.#service.id, status, this.#stage.now());
    this.#deployment.status = status;
    this.#stage.tell(`${this.#service.name}: ${story}`);
  }

  #say(event_type: string, event_info: string, event_info_cn: string) {
    const event = { event_type, event_info, event_info_cn, at: this.#stage.now() };
    return this.#stage.cloud.addInferenceEvent(this.#service.id, event);
  }

  #pod(type: string, reason: string, message: string): InferencePodEvent {
    const event = { type, reason, message, at: this.#stage.now() };
    return this.#stage.cloud.addInferencePodEvent(this.#service.id, this.#deployment.name, event);
  }
}
