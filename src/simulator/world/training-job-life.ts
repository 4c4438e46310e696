import type { Job } from '../model.ts';
import { between, type Life, type Stage } from './stage.ts';

/** How a job goes. */
export type Plot =
  | 'completes'
  | 'crashes'
  | 'runs_out_of_memory'
  | 'restarts'
  | 'is_given_up'
  | 'is_preempted'
  | 'hangs';

const SECOND = 1000;

/** The scenes of one job. */
export class JobPlay {
  readonly #stage: Stage;
  readonly #job: Job;

  constructor(stage: Stage, job: Job) {
    this.#stage = stage;
    this.#job = job;
  }

  *play(plot: Plot): Life {
    yield* this.#prepare();
    yield* this.#run();
    switch (plot) {
      case 'completes':
        return yield* this.#complete();
      case 'crashes':
        return yield* this.#crash(1);
      case 'runs_out_of_memory':
        return yield* this.#crash(137);
      case 'restarts':
        yield* this.#restart();
        return yield* this.#complete();
      case 'is_given_up':
        return yield* this.#giveUp();
      case 'is_preempted':
        yield* this.#wait();
        return yield* this.#complete();
      case 'hangs':
        return yield* this.#hang();
    }
  }

  *#prepare(): Life {
    const { random } = this.#stage;
    this.#say('Info', 'Job', 'Training job created.', '训练作业创建成功。');
    this.#stage.tell(`${this.#job.name}: created`);
    yield between(random, SECOND, 2 * SECOND);
    this.#job.phase = 'Pending';
    this.#say('Info', 'Job', 'The training job is queuing and awaiting resource allocation.');
    yield between(random, 2 * SECOND, 5 * SECOND);
    const image = 'swr.cn-north-4.myhuaweicloud.com/modelarts-job/tool-container:1.0.0';
    for (const worker of this.#workers()) {
      this.#pod(worker, `Pulled: Successfully pulled image "${image}"`);
      this.#pod(worker, 'SuccessfulCreate: Created container');
      this.#pod(worker, 'Started: Started container');
    }
    yield between(random, SECOND, 3 * SECOND);
  }

  *#run(): Life {
    const { random } = this.#stage;
    this.#job.phase = 'Running';
    this.#job.start_time ??= this.#stage.now();
    this.#job.running_records.push({
      start_at: this.#second(),
      start_type: this.#job.running_records.length === 0 ? 'init_or_rescheduled' : 'restarted',
      recover_records: [],
    });
    this.#say('Info', 'Job', 'Training job is running.', '训练作业运行中。');
    yield between(random, SECOND, 2 * SECOND);
    for (const worker of this.#workers()) this.#say('Info', 'Task', `[${worker}] training started.`);
    yield between(random, 8 * SECOND, 15 * SECOND);
  }

  *#complete(): Life {
    for (const worker of this.#workers()) this.#exit(worker, 0);
    yield between(this.#stage.random, SECOND, 2 * SECOND);
    this.#say('Info', 'Task', '[worker-0] Training output(parameter name: train_url) Uploading.');
    const upload = between(this.#stage.random, 0.1 * SECOND, SECOND);
    yield upload;
    const took = (upload / SECOND).toFixed(3);
    this.#say(
      'Info',
      'Task',
      `[worker-0][time used: ${took}s] Upload training output(parameter name: train_url) finished.`,
    );
    this.#say('Info', 'Job', 'Training job executed.');
    this.#end('Completed', 'completed');
  }

  *#crash(exitCode: number): Life {
    this.#exit(this.#unluckyWorker(), exitCode);
    yield between(this.#stage.random, SECOND, 2 * SECOND);
    this.#action('TerminateJob');
    yield between(this.#stage.random, SECOND, 3 * SECOND);
    this.#say('Error', 'Job', 'Training job failed.', '训练作业运行失败。');
    this.#end('Failed', `failed with exit code ${exitCode}`);
  }

  *#restart(): Life {
    const worker = this.#unluckyWorker();
    this.#say('Warning', 'K8S', `[Pod: ${this.#k8sName()}-${worker}] BackOff: node is not ready`);
    const record = this.#job.running_records.at(-1);
    const scenario = this.#stage.random() < 0.5 ? 'node_fault' : 'chip_fault';
    const recovery = this.#recovery('job_reschedule', scenario, worker);
    this.#action('RestartJob');
    this.#stage.tell(`${this.#job.name}: restarts after a fault`);
    yield between(this.#stage.random, 3 * SECOND, 6 * SECOND);
    Object.assign(recovery, { recover_end_at: this.#second(), recover_result: 'success' });
    Object.assign(record ?? {}, { end_at: this.#second(), end_reason: 'fault', end_related_task: worker });
    this.#say('Warning', 'Job', 'The training job has been restarted.');
    yield* this.#run();
  }

  /** In place first, then anew on other nodes, until the allowance is used up. */
  *#giveUp(): Life {
    const worker = this.#unluckyWorker();
    this.#stage.tell(`${this.#job.name}: loses a device`);
    const inPlace = this.#recovery('npu_proc_restart', 'chip_fault', worker);
    yield between(this.#stage.random, 2 * SECOND, 4 * SECOND);
    Object.assign(inPlace, { recover_end_at: this.#second(), recover_result: 'downgrade' });
    const anew = this.#recovery('job_reschedule', 'chip_fault', worker);
    this.#action('RestartJob');
    yield between(this.#stage.random, 2 * SECOND, 4 * SECOND);
    Object.assign(anew, { recover_end_at: this.#second(), recover_result: 'quotaExceeded' });
    this.#say('Error', 'Job', 'Training job failed.', '训练作业运行失败。');
    this.#end('Failed', 'is given up after a fault');
  }

  #recovery(recover: string, fault_scenario: string, related_task: string) {
    const recovery = {
      recover_start_at: this.#second(),
      recover,
      fault_scenario,
      reason: 'a device was lost',
      related_task,
      recover_result: 'recovering',
    };
    this.#job.running_records.at(-1)?.recover_records.push(recovery);
    return recovery;
  }

  /** Gives its nodes to a more important job, and waits for others. */
  *#wait(): Life {
    Object.assign(this.#job.running_records.at(-1) ?? {}, {
      end_at: this.#second(),
      end_reason: 'preempted',
    });
    this.#job.phase = 'Pending';
    this.#say('Warning', 'Job', 'The training job is preempted.', '训练作业被抢占。');
    this.#stage.tell(`${this.#job.name}: is preempted`);
    yield between(this.#stage.random, 4 * SECOND, 8 * SECOND);
    yield* this.#run();
  }

  *#hang(): Life {
    const text =
      'The system detects that your training job may be suspended. Go to the job details page to view the cause and handle the issue.';
    this.#say('Warning', 'Job', text);
    this.#stage.tell(`${this.#job.name}: seems to hang`);
    yield between(this.#stage.random, 8 * SECOND, 12 * SECOND);
    this.#job.phase = 'Terminating';
    yield between(this.#stage.random, SECOND, 3 * SECOND);
    this.#say('Info', 'Job', 'The training job has been manually stopped.');
    this.#end('Terminated', 'stopped by hand');
  }

  #end(phase: string, story: string): void {
    this.#job.phase = phase;
    this.#job.end_time = this.#stage.now();
    Object.assign(this.#job.running_records.at(-1) ?? {}, { end_at: this.#second() });
    this.#stage.tell(`${this.#job.name}: ${story}`);
  }

  #exit(worker: string, exitCode: number): void {
    const message = `Training finished. Exit code ${exitCode}.`;
    this.#say('Info', 'Task', `[${worker}] ${message}`);
    this.#job.task_statuses.push({ task: worker, exit_code: exitCode, message });
  }

  #action(action: string): void {
    this.#say('Info', 'K8S', `[Job: ${this.#k8sName()}] ExecuteAction: Start to execute action ${action}`);
  }

  #pod(worker: string, text: string): void {
    this.#say('Info', 'K8S', `[Pod: ${this.#k8sName()}-${worker}] ${text}`);
  }

  #say(level: string, source: string, message: string, chinese?: string): void {
    const event = { time: this.#stage.now(), level, source, message };
    this.#stage.cloud.addJobEvent(
      this.#job.id,
      chinese === undefined ? event : { ...event, message_zh: chinese },
    );
  }

  #workers(): string[] {
    return Array.from({ length: this.#job.node_count }, (_, i) => `worker-${i}`);
  }

  #unluckyWorker(): string {
    return `worker-${Math.floor(this.#stage.random() * this.#job.node_count)}`;
  }

  #k8sName(): string {
    return `modelarts-job-${this.#job.id}`;
  }

  #second(): number {
    return Math.floor(this.#stage.now() / SECOND);
  }
}
