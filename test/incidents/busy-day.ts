import { say } from './office.ts';
import { PROD, RESEARCH, type Scene } from './scene.ts';

const MINUTE = 60_000;

interface Course {
  readonly project: string;
  readonly name: string;
  readonly owner: string;
  readonly pool: string;
  readonly nodes: number;
  /** When it is created, in UTC; the other times are minutes. */
  readonly at: string;
  readonly waits: number;
  readonly runs: number;
  readonly end: 'Completed' | 'Failed';
  /** What interrupts it so long after it began to run. */
  readonly fault?: { readonly after: number; readonly lasts: number; readonly scenario: string };
}

const PREPARATION = { project: PROD, owner: 'ayesha', pool: 'training-b', nodes: 2 };
const ABLATION = { project: RESEARCH, owner: 'tom', pool: 'lab', nodes: 1 };
const PRETRAINING = { project: PROD, owner: 'li.wei', pool: 'training-a', nodes: 4 };

/** Jobs that wait, run, recover from faults and end, in the order in which they are created. */
const JOBS: readonly Course[] = [
  { ...PREPARATION, name: 'prepare-corpus-1', at: '2026-03-09 03:30', waits: 6, runs: 95, end: 'Completed' },
  { ...ABLATION, name: 'ablation-6', at: '2026-03-09 04:10', waits: 12, runs: 150, end: 'Completed' },
  {
    ...PRETRAINING,
    name: 'reward-model-3',
    at: '2026-03-09 05:00',
    waits: 25,
    runs: 260,
    end: 'Completed',
    fault: { after: 80, lasts: 14, scenario: 'node_fault' },
  },
  { ...PREPARATION, name: 'prepare-corpus-2', at: '2026-03-09 06:20', waits: 9, runs: 110, end: 'Completed' },
  { ...ABLATION, name: 'ablation-7', at: '2026-03-09 07:40', waits: 18, runs: 45, end: 'Failed' },
  { ...ABLATION, name: 'ablation-8', at: '2026-03-09 09:15', waits: 30, runs: 170, end: 'Completed' },
  {
    ...PREPARATION,
    name: 'prepare-corpus-3',
    at: '2026-03-09 09:50',
    waits: 11,
    runs: 130,
    end: 'Completed',
    fault: { after: 60, lasts: 8, scenario: 'chip_fault' },
  },
  {
    ...PRETRAINING,
    name: 'reward-model-4',
    at: '2026-03-09 11:30',
    waits: 55,
    runs: 300,
    end: 'Completed',
    fault: { after: 150, lasts: 31, scenario: 'job_hanged' },
  },
  {
    ...PREPARATION,
    name: 'prepare-corpus-4',
    at: '2026-03-09 14:05',
    waits: 20,
    runs: 120,
    end: 'Completed',
  },
  { ...ABLATION, name: 'ablation-9', at: '2026-03-09 15:20', waits: 70, runs: 190, end: 'Completed' },
  {
    ...PRETRAINING,
    name: 'reward-model-5',
    at: '2026-03-09 18:40',
    waits: 35,
    runs: 230,
    end: 'Failed',
    fault: { after: 130, lasts: 22, scenario: 'node_fault' },
  },
  {
    ...PREPARATION,
    name: 'prepare-corpus-5',
    at: '2026-03-09 20:10',
    waits: 15,
    runs: 100,
    end: 'Completed',
  },
  { ...ABLATION, name: 'ablation-10', at: '2026-03-09 22:30', waits: 40, runs: 600, end: 'Completed' },
  {
    ...PREPARATION,
    name: 'prepare-corpus-6',
    at: '2026-03-10 01:50',
    waits: 45,
    runs: 600,
    end: 'Completed',
  },
  { ...PRETRAINING, name: 'reward-model-6', at: '2026-03-10 01:20', waits: 600, runs: 0, end: 'Completed' },
  { ...ABLATION, name: 'ablation-11', at: '2026-03-10 02:40', waits: 600, runs: 0, end: 'Completed' },
];

/** What people train and deploy on the day before an incident, beside what is ordinary. */
export function busyDay(scene: Scene): void {
  for (const [index, course] of JOBS.entries()) scene.at(course.at, () => queue(scene, course, index));
  scene.at('2026-03-09 11:20', () => upgrade(scene, 'assistant-chat', '2.4.0'));
  scene.at('2026-03-09 16:10', () => {
    const event_info = 'Abnormal instances of the service: 1';
    scene.cloud.addInferenceEvent('assistant-chat', { event_type: 'ABNORMAL', event_info, at: scene.now });
  });
}

function upgrade(scene: Scene, id: string, version: string): void {
  const { cloud } = scene;
  const service = cloud.inferenceService(id);
  const [deployment] = service.deployments;
  const tell = (event_type: string, event_info: string) =>
    cloud.addInferenceEvent(id, { event_type, event_info, at: scene.now });
  Object.assign(service, { version, version_count: 2 });
  cloud.setInferenceStatus(id, 'UPGRADING', scene.now);
  tell('NORMAL', 'Start to deploy the service.');
  Object.assign(deployment ?? {}, { version, running_count: 2 });
  scene.later(12 * MINUTE, () => tell('WARNING', 'Failed to start the pod container in deployment [main].'));
  scene.later(40 * MINUTE, () => {
    Object.assign(deployment ?? {}, { running_count: 4 });
    tell('NORMAL', 'The service is deployed.');
    cloud.setInferenceStatus(id, 'RUNNING', scene.now);
  });
}

function queue(
  scene: Scene,
  { project, name, owner, pool, nodes, waits, runs, end, fault }: Course,
  index: number,
) {
  const id = `5eed0000-0000-4000-8000-${String(index).padStart(12, '0')}`;
  const job = scene.cloud.addJob(project, {
    id,
    name,
    user_name: owner,
    node_count: nodes,
    pool_id: pool,
    phase: 'Pending',
    create_time: scene.now,
    start_time: undefined,
    running_records: [],
  });
  const seconds = () => Math.floor(scene.now / 1_000);
  const run = (start_type: 'init_or_rescheduled' | 'restarted') => {
    job.running_records.push({ start_at: seconds(), start_type, recover_records: [] });
    say(scene, id, 'Info', 'Training job is running.');
  };
  const stop = () => Object.assign(job.running_records.at(-1) ?? {}, { end_at: seconds() });
  say(scene, id, 'Info', 'The training job is queuing and awaiting resource allocation.');
  scene.later(waits * MINUTE, () => {
    job.phase = 'Running';
    job.start_time = scene.now;
    run('init_or_rescheduled');
    if (fault !== undefined) scene.later(fault.after * MINUTE, () => interrupt(fault.lasts, fault.scenario));
    scene.later(runs * MINUTE, () => {
      stop();
      job.phase = end;
      job.end_time = scene.now;
      const exit_code = end === 'Failed' ? 1 : 0;
      const message = `Training finished. Exit code ${exit_code}.`;
      job.task_statuses.push({ task: 'worker-0', exit_code, message });
      say(
        scene,
        id,
        end === 'Failed' ? 'Error' : 'Info',
        `Training job ${end === 'Failed' ? 'failed' : 'executed'}.`,
      );
    });
  });

  function interrupt(lasts: number, fault_scenario: string): void {
    const record = {
      recover_start_at: seconds(),
      recover: 'job_reschedule',
      fault_scenario,
      reason: 'a device was lost',
      related_task: 'worker-0',
      recover_result: 'recovering',
    };
    job.running_records.at(-1)?.recover_records.push(record);
    stop();
    say(scene, id, 'Warning', 'The training job has been restarted.');
    scene.later(lasts * MINUTE, () => {
      Object.assign(record, { recover_end_at: seconds(), recover_result: 'success' });
      run('restarted');
    });
  }
}
