import { deploy, furnish, jobOf, say } from './office.ts';
import { instant, RESEARCH, Scene } from './scene.ts';

/** A story that somebody has to make sense of at its end. */
export interface Story {
  /** When the exporter starts, and when somebody looks, in UTC. */
  readonly start: string;
  readonly end: string;
  /** Stories of the same day differ in their last hour only. */
  readonly day?: string;
  /** @param scene at its start, with what is ordinary */
  readonly plan: (scene: Scene) => void;
  /** What the front page must say without a click: of what, since when, whose, in the words of ModelArts. */
  readonly front: RegExp;
  /** The runbook to which the worst alert leads; undefined where none fires any more. */
  readonly runbook?: string;
  /** The target that it is about. */
  readonly target: string;
  /** What the page of the target must say of it. */
  readonly told: RegExp;
}

const NIGHT = { start: '2026-03-09 02:30', end: '2026-03-10 03:20', day: 'ordinary' };

export const STORIES = {
  'a deployment fails': {
    ...NIGHT,
    plan(scene) {
      ordinaryDay(scene);
      scene.at('2026-03-10 03:12', () => failDeployment(scene, 'search-ranking'));
    },
    front:
      /1 broken.*critical search-ranking Service in prod of search-team since 03:1\d UTC .*manifest unknown/s,
    runbook: 'modelartsservicefailed',
    target: 'search-ranking',
    told: /failed since 03:12 UTC .*deployment failed in image pulling/s,
  },
  'a job dies of a node fault and recovers': {
    ...NIGHT,
    plan(scene) {
      ordinaryDay(scene);
      const fault = () => nodeFault(scene, 'llm-pretrain-12', 'training-a');
      scene.at('2026-03-10 02:31', () => {
        const recover = fault();
        scene.at('2026-03-10 02:49', recover);
      });
    },
    front:
      /0 broken.*llm-pretrain-12 Training job in prod of li\.wei.*running since 02:49 UTC .* 8 nodes · restarted once after a node fault/s,
    target: 'llm-pretrain-12',
    told: /running since 02:49 UTC .* 8 nodes · restarted once after a node fault.*a node fault.*18 min.*recovered.*node-7 of training-a is lost/s,
  },
  'a key expires': {
    ...NIGHT,
    plan(scene) {
      ordinaryDay(scene);
      scene.at('2026-03-10 03:02', () => scene.refused.add(RESEARCH));
    },
    front:
      /Not listed in research: .*The credentials were refused\..*critical Project research since 03:0\d UTC .*access key is expired/s,
    runbook: 'modelartsprojectdown',
    target: 'graph-nets-88',
    told: /running when last read · since .*Not readable since .*credentials were refused.*ModelArtsProjectDown.*Not seen since 03:0\d UTC/s,
  },
  'a pool loses half its nodes': {
    ...NIGHT,
    plan(scene) {
      ordinaryDay(scene);
      scene.at('2026-03-10 03:05', () => moveNodes(scene, 'training-a', 8));
      scene.at('2026-03-10 03:07', () => {
        setPool(scene, 'training-a', 'Abnormal');
        nodeFault(scene, 'rank-distill-4', 'training-a');
      });
    },
    front: /critical training-a Resource pool in prod since 03:0\d UTC .*from 16\/0\/0\/0 to 8\/8\/0\/0/s,
    runbook: 'modelartspoolabnormal',
    target: 'training-a',
    told: /abnormal since 03:07 UTC .*16 nodes · 8 abnormal.*What runs on it.*running llm-pretrain-12 Training job in prod of li\.wei/s,
  },
  'Monday after a weekend outage': {
    start: '2026-03-06 15:00',
    end: '2026-03-09 08:12',
    plan(scene) {
      const { machine } = scene;
      scene.at('2026-03-06 16:10', () => deploy(scene, 'invoice-ocr', 'SUCCESS'));
      scene.at('2026-03-07 01:50', () => machine.losePower());
      scene.at('2026-03-07 11:30', () => moveNodes(scene, 'training-b', 3));
      scene.at('2026-03-07 19:05', () => moveNodes(scene, 'training-b', -3));
      scene.at('2026-03-08 14:02', () => failJob(scene, 'llm-pretrain-12'));
      scene.at('2026-03-09 04:40', () => failDeployment(scene, 'fraud-scores'));
      scene.at('2026-03-09 08:05', () => machine.start());
      // A restart is no gap, and the gap before it stays known.
      scene.at('2026-03-09 08:06', () => void machine.stop());
      scene.at('2026-03-09 08:06:30', () => machine.start());
    },
    front:
      /Not seen from 2026-03-07 01:4\d UTC to 08:05 UTC .*The exporter did not run\..*critical fraud-scores Service in prod of payments since 04:\d\d UTC .*manifest unknown/s,
    runbook: 'modelartsservicefailed',
    target: 'fraud-scores',
    told: /failed since 04:4\d UTC .*Not seen from 2026-03-07 01:4\d UTC to 08:05 UTC .*The exporter did not run/s,
  },
} as const satisfies Readonly<Record<string, Story>>;

const MINUTE = 60_000;
/** Of a story, in which the exporter looks more often, since somebody will ask for minutes. */
const LAST = 60 * MINUTE;

interface Playing {
  /** Is called then. */
  readonly everyMinute?: (scene: Scene) => void;
  /**
   * What exporters had saved that were stopped before the last hour of a story, by its day, which so is lived through
   * once: the exporter of each story of that day goes on from there.
   */
  readonly days?: Map<string, Buffer>;
}

/** Plays a story up to its end. */
export async function play(
  { start, end, day = '', plan }: Story,
  { everyMinute, days }: Playing = {},
): Promise<Scene> {
  const scene = new Scene(instant(start));
  const { machine } = scene;
  furnish(scene, start);
  const playUntil = async (until: number) => {
    while (everyMinute !== undefined && scene.now < until) {
      await scene.until(Math.min(scene.now + MINUTE, until));
      everyMinute(scene);
    }
    await scene.until(until);
  };
  const saved = days?.get(day);
  if (saved === undefined) machine.start();
  plan(scene);
  await playUntil(instant(end) - LAST);
  if (days !== undefined && day !== '') {
    if (saved === undefined) void machine.stop();
    await playUntil(scene.now + MINUTE / 2);
    days.set(day, scene.startFrom(saved));
  }
  scene.watchClosely();
  await playUntil(instant(end));
  return scene;
}

/** What happens on a day on which nothing is wrong at its end. */
function ordinaryDay(scene: Scene): void {
  scene.at('2026-03-09 08:20', () => deploy(scene, 'recommendation', 'SUCCESS'));
  scene.at('2026-03-09 10:45', () => deploy(scene, 'translation', 'SUCCESS'));
  scene.at('2026-03-09 13:00', () => moveNodes(scene, 'training-b', 1));
  scene.at('2026-03-09 13:25', () => moveNodes(scene, 'training-b', -1));
  scene.at('2026-03-09 15:30', () => deploy(scene, 'recommendation', 'SUCCESS'));
  scene.at('2026-03-09 16:10', () =>
    scene.cloud.setInferenceStatus('assistant-chat', 'CONCERNING', scene.now),
  );
  scene.at('2026-03-09 16:40', () => scene.cloud.setInferenceStatus('assistant-chat', 'RUNNING', scene.now));
  scene.at('2026-03-09 21:15', () => completeJob(scene, 'speech-finetune-31'));
}

function failDeployment(scene: Scene, service: string): void {
  deploy(scene, service, 'FAIL');
  scene.cloud.setServiceStatus(service, 'failed', scene.now);
}

function completeJob(scene: Scene, name: string): void {
  const job = jobOf(scene, name);
  job.phase = 'Completed';
  job.end_time = scene.now;
  Object.assign(job.running_records.at(-1) ?? {}, { end_at: scene.now });
  say(scene, job.id, 'Info', 'Training job executed.');
}

function failJob(scene: Scene, name: string): void {
  const job = jobOf(scene, name);
  job.phase = 'Failed';
  job.end_time = scene.now;
  Object.assign(job.running_records.at(-1) ?? {}, { end_at: scene.now });
  job.task_statuses.push({ task: 'worker-3', exit_code: 137, message: 'Training finished. Exit code 137.' });
  say(scene, job.id, 'Error', 'Training job failed.');
}

/** A node is lost, and the job is rescheduled. @returns what lets it run again */
function nodeFault(scene: Scene, name: string, pool: string): () => void {
  const job = jobOf(scene, name);
  const record = {
    recover_start_at: scene.now,
    recover: 'job_reschedule',
    fault_scenario: 'node_fault',
    reason: `node-7 of ${pool} is lost`,
    related_task: 'worker-3',
    recover_result: 'recovering',
  };
  const run = job.running_records.at(-1);
  run?.recover_records.push(record);
  Object.assign(run ?? {}, { end_at: scene.now, end_reason: 'fault', end_related_task: 'worker-3' });
  say(scene, job.id, 'Warning', 'worker-3: node-7 is not ready.');
  say(scene, job.id, 'Info', 'ExecuteAction: Start to execute action RestartJob');
  return () => {
    Object.assign(record, { recover_end_at: scene.now - 120_000, recover_result: 'success' });
    job.running_records.push({ start_at: scene.now, start_type: 'restarted', recover_records: [] });
    say(scene, job.id, 'Info', 'Training job is running.');
  };
}

/** So many nodes become abnormal; or available again, where that is less than none. */
function moveNodes(scene: Scene, name: string, count: number): void {
  const nodes = scene.cloud.pool(name).resources[0];
  if (nodes === undefined) return;
  const counts = () => [nodes.available, nodes.abnormal, nodes.creating, nodes.deleting].join('/');
  const before = counts();
  nodes.available -= count;
  nodes.abnormal += count;
  const seconds = Math.floor(scene.now / 1_000);
  scene.cloud.addPoolEvent(name, {
    type: count > 0 ? 'Warning' : 'Normal',
    reason: 'PoolResourcesStatusChange',
    message: `Pool resources status changed, available/abnormal/creating/deleting count from ${before} to ${counts()}, timestamp: ${seconds}.`,
    firstTimestamp: scene.now,
  });
}

function setPool(scene: Scene, name: string, phase: string): void {
  const pool = scene.cloud.pool(name);
  scene.cloud.addPoolEvent(name, {
    type: phase === 'Running' ? 'Normal' : 'Warning',
    reason: 'PoolStatusChange',
    message: `Pool status changed, from ${pool.phase} to ${phase}, details: .`,
    firstTimestamp: scene.now,
  });
  pool.phase = phase;
}
