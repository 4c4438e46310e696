import { expect, vi } from 'vitest';
import { WAIT } from '../patience.ts';
import { testWith } from '../programs.ts';
import { type Labels, post, startExample, webhookAt } from './example-alertmanager.ts';
import { startReceiver } from './real-alertmanager.ts';

/** What is wrong, as rules and bridge alike name it. */
const SERVICE_DOWN = { project: 'prod', kind: 'service', target: 's1' };
const SERVICE_BESIDE = { project: 'prod', kind: 'service', target: 's2' };
const INFERENCE_SERVICE = { project: 'prod', kind: 'inference_service', target: 'i1' };
const JOB = { project: 'prod', kind: 'training_job', target: 'j1' };
const JOB_BESIDE = { project: 'prod', kind: 'training_job', target: 'j2' };
const POOL = { project: 'prod', kind: 'pool', target: 'p1' };
const PROBLEMS: readonly Labels[] = [
  { alertname: 'ModelArtsServiceFailed', severity: 'critical', ...SERVICE_DOWN },
  { alertname: 'ModelArtsServiceAbnormalEvent', severity: 'warning', ...SERVICE_DOWN },
  { alertname: 'ModelArtsServiceAbnormalEvent', severity: 'warning', ...SERVICE_BESIDE },
  { alertname: 'ModelArtsInferenceServiceFailed', severity: 'critical', ...INFERENCE_SERVICE },
  { alertname: 'ModelArtsInferenceServiceAbnormalEvent', severity: 'warning', ...INFERENCE_SERVICE },
  { alertname: 'ModelArtsInferenceServiceWarningEvent', severity: 'warning', ...INFERENCE_SERVICE },
  { alertname: 'ModelArtsTrainingJobFailed', severity: 'critical', ...JOB },
  { alertname: 'ModelArtsTrainingJobError', severity: 'critical', ...JOB },
  { alertname: 'ModelArtsTrainingJobWarning', severity: 'warning', ...JOB },
  { alertname: 'ModelArtsTrainingJobWarning', severity: 'warning', ...JOB_BESIDE },
  { alertname: 'ModelArtsPoolAbnormal', severity: 'critical', ...POOL },
  { alertname: 'ModelArtsPoolNodesAbnormal', severity: 'warning', ...POOL },
  { alertname: 'ModelArtsProjectDown', severity: 'critical', project: 'down' },
  { alertname: 'ModelArtsTargetDown', severity: 'warning', project: 'down', kind: 'pool', target: 'p2' },
  { alertname: 'ModelArtsTargetDown', severity: 'warning', ...POOL },
];
const ruleOnly: Labels = { alertname: 'ModelArtsTrainingJobWorkerFailed', severity: 'warning', ...JOB };
const ofRules = [...PROBLEMS.map((labels) => ({ ...labels, bridge: 'replaces' })), ruleOnly];
const ofBridge = PROBLEMS.map((labels) => ({ ...labels, region: 'cn-north-4' }));
const delivers: Labels = { alertname: 'ModelArtsBridgeDelivers', severity: 'none', project: 'prod' };

const TOLD = [
  'ModelArtsInferenceServiceFailed i1',
  'ModelArtsPoolAbnormal p1',
  'ModelArtsProjectDown ',
  'ModelArtsServiceAbnormalEvent s2',
  'ModelArtsServiceFailed s1',
  'ModelArtsTargetDown p1',
  'ModelArtsTrainingJobFailed j1',
  'ModelArtsTrainingJobWarning j2',
];

/** The last to be told: what was posted before it, and is not told by then, is held back. */
const LAST: Labels = { alertname: 'ModelArtsExporterDown', severity: 'warning', project: 'last' };

testWith('alertmanager').concurrent.each([
  ['the bridge alone', ofBridge],
  ['the rules alone', ofRules],
  ['both', [...ofBridge, ...ofRules, delivers]],
  ['both, and Prometheus does not know of the bridge', [...ofBridge, ...ofRules]],
])('the example for Alertmanager tells each problem once with %s', async (_, alerts) => {
  await using receiver = await startReceiver();
  await using alertmanager = await startExample(webhookAt(receiver.url));
  await post(alertmanager, alerts);
  const told = () =>
    receiver.notifications
      .flatMap((notification) => notification.alerts)
      .map(({ labels }) => `${labels['alertname']} ${labels['target'] ?? ''}`)
      .sort();
  await vi.waitFor(() => expect(told()).toHaveLength(TOLD.length), WAIT);
  await post(alertmanager, [LAST]);
  await vi.waitFor(() => expect(told()).toContain('ModelArtsExporterDown '), WAIT);
  expect(told().filter((one) => !one.startsWith('ModelArtsExporterDown'))).toEqual(TOLD);
});

testWith('alertmanager').concurrent(
  'what a rule sees for longer than the bridge is not told after it, unless the bridge fails',
  async () => {
    await using receiver = await startReceiver();
    await using alertmanager = await startExample(webhookAt(receiver.url));
    const problem: Labels = {
      alertname: 'ModelArtsServiceAbnormalEvent',
      severity: 'warning',
      ...SERVICE_BESIDE,
    };
    await post(alertmanager, [delivers, { ...problem, bridge: 'replaces' }, problem]);
    const told = () =>
      receiver.notifications
        .filter(({ alerts: [alert] }) => alert?.labels['project'] === 'prod')
        .map(({ status, alerts }) => `${status} ${alerts.length}`);
    await vi.waitFor(() => expect(told()).toEqual(['firing 1']), WAIT);
    await post(alertmanager, [problem], { endsAt: new Date().toISOString() });
    await vi.waitFor(() => expect(told()).toEqual(['firing 1', 'resolved 1']), WAIT);
    await post(alertmanager, [LAST]);
    await vi.waitFor(() => expect(receiver.notifications).toHaveLength(3), WAIT);
    expect(told()).toEqual(['firing 1', 'resolved 1']);
    await post(alertmanager, [delivers], { endsAt: new Date().toISOString() });
    await vi.waitFor(() => expect(told()).toEqual(['firing 1', 'resolved 1', 'firing 1']), WAIT);
  },
);
