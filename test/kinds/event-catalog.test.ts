import { describe, expect, test } from 'vitest';
import { pool } from '../../src/kinds/pool/pool.ts';
import type { phaseOfFailure } from '../../src/kinds/service/phases.ts';
import { service } from '../../src/kinds/service/service.ts';
import { trainingJob } from '../../src/kinds/training-job/training-job.ts';

/**
 * Every text that is known of the documents and the user guide, with placeholders filled in, in the wording of the API
 * and in that of the console; and the Chinese twins. An alert is named without `ModelArts` and its kind.
 */
type Row = readonly [text: string, alert: string | undefined];

const JOB_TEXTS: readonly Row[] = [
  ['Training job failed.', undefined],
  ['Training job is running.', undefined],
  ['[worker-0] training started.', undefined],
  ['[worker-0] Training finished. Exit code 1.', undefined],
  ['[worker-0][time used: 0.296s] Upload training output(parameter name: train_url) finished.', undefined],
  ['[worker-0] Training output(parameter name: train_url) Uploading.', undefined],
  ['[Job: modelarts-job-1] ExecuteAction: Start to execute action TerminateJob', undefined],
  ['[Job: modelarts-job-1] ExecuteAction: Start to execute action RestartJob', 'Restarted'],
  ['[Job: modelarts-job-1] ExecuteAction: Start to execute action RestartTask', undefined],
  ['[Pod: modelarts-job-1-worker-0] Started: Started container', undefined],
  ['[Pod: modelarts-job-1-worker-0] Pulled: Successfully pulled image "pytorch"', undefined],
  ['Training job created.', undefined],
  ['Training job failures:', undefined],
  [
    'Preparations timed out. The possible cause is that the cross-region algorithm synchronization or creating shared storage timed out.',
    undefined,
  ],
  ['The training job is queuing and awaiting resource allocation.', undefined],
  ['Failed to be queued.', undefined],
  ['The training job starts to run.', undefined],
  ['Training job executed.', undefined],
  ['Failed to run the training job.', undefined],
  ['The training job is preempted.', 'Preempted'],
  [
    'The system detects that your training job may be suspended. Go to the job details page to view the cause and handle the issue.',
    'Hanging',
  ],
  ['The training job has been restarted.', 'Restarted'],
  ['The training job has been manually stopped.', undefined],
  ['The training job has been stopped. (Maximum running duration: 1 hour)', 'TimeLimit'],
  ['The training job has been stopped. (Maximum running duration: 3 hours)', 'TimeLimit'],
  ['The training job has been manually deleted.', undefined],
  ['Billing information synchronized.', undefined],
  ['[worker-0] The training environment is being pre-checked.', undefined],
  ['[worker-0] [Duration: 3 second] Pre-check failed. Error: no card', undefined],
  ['[worker-0] [Duration: 3 second] Failed to download the training code. Failure cause: 403', undefined],
  ['训练作业运行失败。', undefined],
  ['训练作业被抢占。', 'Preempted'],
  ['系统检测到您的作业疑似卡死，请及时前往作业详情界面查看原因并处理。', 'Hanging'],
  ['系统检测到您的训练作业可能被挂起，请前往作业详情页查看原因并处理。', 'Hanging'],
  ['训练作业已重启。', 'Restarted'],
  ['训练作业已被手动停止。', undefined],
  ['训练作业已停止。（最大运行时长：1小时）', 'TimeLimit'],
];

describe.each(JOB_TEXTS)('the training job text "%s"', (message, alert) => {
  const named = (level: 'info' | 'warning' | 'error') =>
    trainingJob.alerts.problem({ at: 0, level, source: 'job', message })?.alertname;

  test(`raises ${alert ?? 'no alert of its own'}`, () => {
    const own = alert === undefined ? undefined : `ModelArtsTrainingJob${alert}`;
    expect(named('info')).toBe(own);
    expect(named('warning')).toBe(own ?? 'ModelArtsTrainingJobWarning');
    expect(named('error')).toBe('ModelArtsTrainingJobError');
  });
});

const NORMAL: readonly Row[] = [
  ['start to deploy service', undefined],
  ['building image for model [fraud 0.0.1]', undefined],
  ['model (fraud 0.0.1) build image success', undefined],
  ['preparing environment', undefined],
  ['[fraud 0.0.1] prepare environment success', undefined],
  ['[fraud 0.0.1] schedule resource success', undefined],
  ['[fraud 0.0.1] pulling model image', undefined],
  ['[fraud 0.0.1] pull image success', undefined],
  ['[fraud 0.0.1] starting model', undefined],
  ['The service starts to deploy.', undefined],
  ['The image starts to create.', undefined],
  ['The image created.', undefined],
  ['The service is being updated.', undefined],
  ['The service is being started.', undefined],
  ['The service is being stopped.', undefined],
  ['The service has been stopped.', undefined],
  ['Auto stop has been disabled.', undefined],
  ['Auto stop has been enabled. The service will stop after 3600s.', undefined],
  ['The service stops when the auto stop time expires.', 'AutoStopped'],
  ['Service instances deleted from resource pool pool-1.', 'InstancesLost'],
  ['Service instances stopped in resource pool pool-1.', 'InstancesLost'],
  ['The service has been executed.', undefined],
  ['The subscription license l-1 is to expire.', 'LicenceExpiring'],
  ['Service fraud started.', undefined],
  ['Failed to update the service. The update has been rolled back.', 'RolledBack'],
  ['服务更新失败，已回滚。', 'RolledBack'],
  ['资源池pool-1中的服务实例已停止。', 'InstancesLost'],
  ['资源池pool-1中的服务实例被删除。', 'InstancesLost'],
  ['自动停止时间到，服务停止。', 'AutoStopped'],
  ['订阅许可证l-1即将到期。', 'LicenceExpiring'],
  ['服务fraud已启动。', undefined],
];

test.each(NORMAL)('the normal service text "%s" raises %s', (message, alert) => {
  const problem = service.alerts.problem({ at: 0, eventType: 'normal', message });
  expect(problem?.alertname).toBe(alert === undefined ? undefined : `ModelArtsService${alert}`);
  expect(problem?.severity).toBe(alert === undefined ? undefined : 'warning');
});

const ABNORMAL: readonly (readonly [text: string, phase: ReturnType<typeof phaseOfFailure>])[] = [
  ['Insufficient resources. Wait until idle resources are sufficient.', 'resource_scheduling'],
  ['Failed to create model image fraud. For details, see logs :\nfraud.', 'image_building'],
  ['Failed to create the image.', 'image_building'],
  ['Service fraud failed. Error: exit 1', 'model_startup'],
  ['Failed to update the service. Perform a rollback.', undefined],
  ['The service is stopped because the quota exceeds the upper limit.', undefined],
  ['Failed to automatically stop the service. Error: busy', undefined],
  ['The batch service failed. Try again later. Error: exit 1', undefined],
  ['Failed to stop the service. Error: busy', undefined],
  ['Failed to start service fraud.', 'model_startup'],
  ['Service deployment timed out. Error: 20 minutes', 'model_startup'],
  ['Failed to update the service. The rollback failed.', undefined],
  ['Insufficient CPU. The scheduling failed. Supplementary information: 0/3 nodes', 'resource_scheduling'],
  ['failed to pull image, retry later', 'image_pulling'],
  ['Schedule failed due to insufficient resources. Retry later.', 'resource_scheduling'],
  ['insufficient CPU', 'resource_scheduling'],
  ['insufficient memory', 'resource_scheduling'],
  ['3 node(s) had taint {node.kubernetes.io/disk-pressure: }', 'resource_scheduling'],
  ['No space', undefined],
  ['Failed to start the pod container in deployment [fraud].', 'model_startup'],
  ['The health check of the model failed.', 'model_startup'],
  ['服务部署失败，资源异常。', 'model_startup'],
  ['服务部署超时，错误信息：服务部署时间超过20分钟，设置为失败。', 'model_startup'],
  ['服务fraud运行失败，错误信息：退出码1', 'model_startup'],
  ['启动服务fraud失败。', 'model_startup'],
  ['健康检查失败。', 'model_startup'],
  ['资源不足，等待资源释放。', 'resource_scheduling'],
  ['CPU不足，调度资源失败。', 'resource_scheduling'],
  ['拉取镜像失败，稍后重试。', 'image_pulling'],
  ['创建模型镜像fraud失败。', 'image_building'],
  ['服务删除失败，当前状态：运行中，请稍后再试。', undefined],
  ['批量服务删除失败，请稍后再试。', undefined],
];

test.each(ABNORMAL)('the abnormal service text "%s" names the phase %s', (message, phase) => {
  expect(service.alerts.problem({ at: 0, eventType: 'abnormal', message })).toMatchObject({
    alertname: 'ModelArtsServiceAbnormalEvent',
    labels: phase === undefined ? {} : { phase },
  });
});

const POOL_TEXTS: readonly (readonly [reason: string, text: string, condition: string | undefined])[] = [
  ['PoolStatusChange', 'Pool status changed, from Running to Abnormal, details: .', 'ModelArtsPoolAbnormal'],
  ['PoolStatusChange', 'Pool status changed, from Abnormal to Running.', undefined],
  [
    'PoolStatusChange',
    'Pool status changed, from Creating to Error, details: quota.',
    'ModelArtsPoolAbnormal',
  ],
  [
    'PoolResourcesStatusChange',
    'Pool resources status changed, available/abnormal/creating/deleting count from 2/0/0/0 to 1/1/0/0, timestamp: 1650957541.',
    'ModelArtsPoolNodesAbnormal',
  ],
  [
    'PoolResourcesStatusChange',
    'Pool resources status changed, available/abnormal/creating/deleting count from 1/1/0/0 to 2/0/0/0, timestamp: 1650957541.',
    undefined,
  ],
];

test.each(POOL_TEXTS)('the pool text %s "%s" raises %s', (reason, message, condition) => {
  const at = Date.UTC(2026, 0, 10, 12);
  const state = pool.initialState();
  const event = { type: condition === undefined ? 'normal' : 'warning', reason, message } as const;
  const limits = { eventsPerPoll: 10_000, poolReasons: 50, labelValues: 100, workers: 100, responseBytes: 1 };
  pool.events.fold(state, [{ event, at, count: 1 }], { first: false, countingSince: 0, now: at, limits });
  expect(pool.alerts.conditions(state).map(({ alertname }) => alertname)).toEqual(
    condition === undefined ? [] : [condition],
  );
  expect(pool.alerts.problem(event)).toBeUndefined();
});

test.each(['Begin to delete resource node n-1', 'Resource node n-1 deleted'])(
  'a warning of another reason is one, whatever its text: "%s"',
  (message) => {
    expect(pool.alerts.problem({ type: 'warning', reason: 'Node', message })).toMatchObject({
      alertname: 'ModelArtsPoolWarningEvent',
      labels: { reason: 'Node' },
    });
    expect(pool.alerts.problem({ type: 'normal', reason: 'Node', message })).toBeUndefined();
  },
);
