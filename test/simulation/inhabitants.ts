import type { KindName } from '../../src/kind-table.ts';
import type { Cloud } from '../../src/simulator/cloud.ts';
import type { Project } from '../../src/simulator/model.ts';
import type { Draws } from './draws.ts';

/** Lets an event that was told happen again. */
export type Again = (at: number, times: number) => void;

/** What becomes of things of one kind in a world. Instants are Unix milliseconds. */
export interface Inhabitants {
  list(project: Project): ReadonlyMap<string, unknown>;
  /** @param project its id */
  create(cloud: Cloud, project: string, id: string, at: number): void;
  /** Undefined: they stay for ever. */
  readonly remove: ((cloud: Cloud, id: string) => void) | undefined;
  rename(cloud: Cloud, id: string, name: string): void;
  /** Tells an event that is no problem. @param number no other event has it */
  tell(cloud: Cloud, id: string, at: number, number: number, draws: Draws): Again | undefined;
  /** Tells an event that may have been a problem, and is over. */
  tellOld(cloud: Cloud, id: string, at: number, number: number, draws: Draws): void;
  /** The alert of a problem event that nothing follows, and how one is told; undefined: there is none of this kind. */
  readonly shock:
    | { readonly alertname: string; tell(cloud: Cloud, id: string, at: number): void }
    | undefined;
  /** The alert of its breaking. */
  readonly alertname: string;
  /** @returns what mends it; undefined: nothing does, it has ended */
  break(cloud: Cloud, id: string, at: number): ((at: number) => void) | undefined;
}

/** Of pools, beside those that are known. */
const REASONS = 30;

/** All kinds that there are. */
export const INHABITANTS: Readonly<Record<KindName, Inhabitants>> = {
  service: {
    list: ({ services }) => services,
    create: (cloud, project, id, at) => cloud.addService(project, { service_id: id, publish_at: at }),
    remove: (cloud, id) => cloud.removeService(id),
    rename(cloud, id, name) {
      cloud.service(id).service_name = name;
    },
    tell(cloud, id, at, _number, { pick, integer }) {
      const event_info = pick(['preparing environment', `instance ${integer(1, 3)} is ready`, '']);
      cloud.addServiceEvent(id, { event_type: 'normal', event_info, occur_time: at });
      return undefined;
    },
    tellOld(cloud, id, at, _number, { pick }) {
      const event_type = pick(['normal', 'abnormal']);
      cloud.addServiceEvent(id, { event_type, event_info: 'long ago', occur_time: at });
    },
    shock: {
      alertname: 'ModelArtsServiceAbnormalEvent',
      tell: (cloud, id, at) =>
        cloud.addServiceEvent(id, {
          event_type: 'abnormal',
          event_info: 'a replica is gone',
          occur_time: at,
        }),
    },
    alertname: 'ModelArtsServiceFailed',
    break(cloud, id, at) {
      cloud.setServiceStatus(id, 'failed', at);
      return (now) => cloud.setServiceStatus(id, 'running', now);
    },
  },
  inference_service: {
    list: ({ inferenceServices }) => inferenceServices,
    create: (cloud, project, id, at) => cloud.addInferenceService(project, { id, create_at: at }),
    remove: (cloud, id) => cloud.removeInferenceService(id),
    rename(cloud, id, name) {
      cloud.inferenceService(id).name = name;
    },
    tell(cloud, id, at, number, { pick }) {
      const event_info = pick([`instance ${number} is ready`, 'The service is deployed.']);
      const event = cloud.addInferenceEvent(id, { event_type: 'NORMAL', event_info, at });
      return (now, times) => cloud.repeatInferenceEvent(event, now, times);
    },
    tellOld(cloud, id, at, _number, { pick }) {
      const event_type = pick(['NORMAL', 'ABNORMAL', 'WARNING']);
      cloud.addInferenceEvent(id, { event_type, event_info: 'long ago', at });
    },
    shock: undefined,
    alertname: 'ModelArtsInferenceServiceFailed',
    break(cloud, id, at) {
      cloud.setInferenceStatus(id, 'FAILED', at);
      return (now) => cloud.setInferenceStatus(id, 'RUNNING', now);
    },
  },
  training_job: {
    list: ({ jobs }) => jobs,
    create: (cloud, project, id, at) => cloud.addJob(project, { id, create_time: at, start_time: at }),
    remove: (cloud, id) => cloud.removeJob(id),
    rename(cloud, id, name) {
      cloud.job(id).name = name;
    },
    tell(cloud, id, time, _number, { pick, integer }) {
      const message = pick(['Training job is running.', `Epoch ${integer(1, 9)} ends.`]);
      cloud.addJobEvent(id, { time, level: 'Info', source: pick(['K8S', 'Job', 'Task']), message });
      return undefined;
    },
    tellOld(cloud, id, time, _number, { pick }) {
      const level = pick(['Info', 'Warning', 'Error']);
      cloud.addJobEvent(id, { time, level, source: pick(['K8S', 'Job', 'Task']), message: 'long ago' });
    },
    shock: {
      alertname: 'ModelArtsTrainingJobWarning',
      tell: (cloud, id, time) =>
        cloud.addJobEvent(id, { time, level: 'Warning', source: 'Job', message: 'A node is slow.' }),
    },
    alertname: 'ModelArtsTrainingJobFailed',
    break(cloud, id, at) {
      const job = cloud.job(id);
      job.phase = 'Failed';
      job.end_time = at;
      const message = 'Training job failed.';
      cloud.addJobEvent(id, { time: at, level: 'Error', source: 'Job', message });
      return undefined;
    },
  },
  pool: {
    list: ({ pools }) => pools,
    create: (cloud, project, id, at) => cloud.addPool(project, { name: id, created_at: at }),
    remove: undefined,
    rename(cloud, id, name) {
      cloud.pool(id).display_name = name;
    },
    tell(cloud, id, at, number, { pick, integer }) {
      const message = `Nodes changed, the ${number}th time`;
      // A reason that was never told before brings a counter of its own.
      const reason = pick(['PoolResourcesStatusChange', `Reason${integer(1, REASONS)}`]);
      const event = { type: 'Normal', reason, message, firstTimestamp: at };
      const added = cloud.addPoolEvent(id, event);
      return (now, times) => cloud.growPoolEvent(added, now, times);
    },
    tellOld(cloud, id, at, number) {
      const message = `Nodes changed long ago, the ${number}th time`;
      const event = { type: 'Normal', reason: 'PoolResourcesStatusChange', message, firstTimestamp: at };
      cloud.addPoolEvent(id, event);
    },
    shock: undefined,
    alertname: 'ModelArtsPoolAbnormal',
    break(cloud, id, at) {
      changePool(cloud, id, ['Running', 'Abnormal'], 'Warning', at);
      return (now) => changePool(cloud, id, ['Abnormal', 'Running'], 'Normal', now);
    },
  },
};

function changePool(
  cloud: Cloud,
  id: string,
  [from, to]: readonly [string, string],
  type: string,
  at: number,
): void {
  const message = `Pool status changed, from ${from} to ${to}`;
  cloud.addPoolEvent(id, { type, reason: 'PoolStatusChange', message, firstTimestamp: at });
  cloud.pool(id).phase = to;
}
