import { readFileSync } from 'node:fs';
import { expect, vi } from 'vitest';
import { WAIT } from '../patience.ts';
import { testWith } from '../programs.ts';
import { alertRules } from '../prometheus/rules.ts';
import { type Labels, post, startExample, webhookAt } from './example-alertmanager.ts';
import { startReceiver } from './real-alertmanager.ts';

const DOCUMENT = readFileSync(new URL('../../docs/alerts.md', import.meta.url), 'utf8');
const REPLACED = alertRules()
  .filter(({ labels }) => labels['bridge'] === 'replaces')
  .map(({ alert }) => alert);

interface Inhibition {
  readonly kind: string;
  readonly worse: string;
  readonly lesser: readonly string[];
}

/** Of one target, the worse alert keeps the lesser ones from being told. */
const OF_TARGET: readonly Inhibition[] = [
  {
    kind: 'training_job',
    worse: 'ModelArtsTrainingJobFailed',
    lesser: ['ModelArtsTrainingJobError', 'ModelArtsTrainingJobWorkerFailed', 'ModelArtsTrainingJobWarning'],
  },
  {
    kind: 'training_job',
    worse: 'ModelArtsTrainingJobError',
    lesser: ['ModelArtsTrainingJobWorkerFailed', 'ModelArtsTrainingJobWarning'],
  },
  {
    kind: 'training_job',
    worse: 'ModelArtsTrainingJobFault',
    lesser: ['ModelArtsTrainingJobHanging', 'ModelArtsTrainingJobRestarted'],
  },
  { kind: 'service', worse: 'ModelArtsServiceFailed', lesser: ['ModelArtsServiceAbnormalEvent'] },
  { kind: 'pool', worse: 'ModelArtsPoolAbnormal', lesser: ['ModelArtsPoolNodesAbnormal'] },
];
/** Of one project. */
const OF_PROJECT = [
  'ModelArtsTargetDown',
  'ModelArtsAuthFailing',
  'ModelArtsThrottled',
  'ModelArtsDiscoveryStale',
];

/** All fire on one target, and each of the lesser ones on another beside it, alone. */
function alertsOf({ kind, worse, lesser }: Inhibition, project: string): Labels[] {
  const together = { project, kind, target: 'together' };
  return [
    { alertname: worse, severity: 'critical', ...together },
    ...lesser.flatMap((alertname) => [
      { alertname, severity: 'warning', ...together },
      { alertname, severity: 'warning', project, kind, target: `only ${alertname}` },
    ]),
  ];
}

const TARGETS_ALERTS = OF_TARGET.flatMap((each, index) => alertsOf(each, `project-${index}`));
const PROJECT_ALERTS: readonly Labels[] = [
  { alertname: 'ModelArtsProjectDown', severity: 'critical', project: 'down' },
  ...['down', 'up'].flatMap((project) =>
    OF_PROJECT.map((alertname) => ({
      alertname,
      severity: 'warning',
      project,
      ...(alertname === 'ModelArtsTargetDown' ? { kind: 'pool', target: 'p1' } : {}),
    })),
  ),
];
const ALL = [...TARGETS_ALERTS, ...PROJECT_ALERTS];
const TOLD = [
  ...OF_TARGET.flatMap(({ worse, lesser }, index) => [
    `project-${index} ${worse} together`,
    ...lesser.map((alertname) => `project-${index} ${alertname} only ${alertname}`),
  ]),
  'down ModelArtsProjectDown ',
  ...OF_PROJECT.map((alertname) => `up ${alertname} ${alertname === 'ModelArtsTargetDown' ? 'p1' : ''}`),
].sort();

/** Some are the bridge's alone: no rule sees them. */
const RULES = alertRules().map(({ alert }) => alert);
const isOfBridge = ({ alertname = '' }: Labels) => REPLACED.includes(alertname) || !RULES.includes(alertname);

const ofBridge = ALL.filter(isOfBridge).map((labels) => ({
  ...labels,
  region: 'cn-north-4',
}));
const ofRules = ALL.map((labels) =>
  REPLACED.includes(labels['alertname'] ?? '') ? { ...labels, bridge: 'replaces' } : labels,
);
const seenByRules = ofRules.filter(({ alertname = '' }) => RULES.includes(alertname));
const rulesAlone = ofRules.filter((labels) => !isOfBridge(labels));
const delivers = [...new Set(ALL.map(({ project = '' }) => project))].map((project) => ({
  alertname: 'ModelArtsBridgeDelivers',
  severity: 'none',
  project,
}));
const LAST: Labels = { alertname: 'ModelArtsExporterDown', severity: 'warning', project: 'last' };

testWith('alertmanager').concurrent.each([
  ['the rules alone', ofRules],
  ['the bridge, and of the rules what it does not replace', [...ofBridge, ...rulesAlone]],
  ['both', [...ofBridge, ...seenByRules, ...delivers]],
  ['both, and Prometheus does not know of the bridge', [...ofBridge, ...seenByRules]],
])('the worst of a target, and of a project, is told alone, with %s', async (_, alerts) => {
  await using receiver = await startReceiver();
  await using alertmanager = await startExample(webhookAt(receiver.url));
  await post(alertmanager, alerts);
  const told = () =>
    receiver.notifications
      .flatMap((notification) => notification.alerts)
      .map(({ labels }) => `${labels['project']} ${labels['alertname']} ${labels['target'] ?? ''}`)
      .sort();
  await vi.waitFor(() => expect(told().length).toBeGreaterThanOrEqual(TOLD.length), WAIT);
  await post(alertmanager, [LAST]);
  await vi.waitFor(() => expect(told()).toContain('last ModelArtsExporterDown '), WAIT);
  expect(told().filter((one) => !one.startsWith('last'))).toEqual(TOLD);
});

/** Every alert of the document, of rules and bridge alike, with each of its severities. */
const DOCUMENTED = [...DOCUMENT.matchAll(/^\| \[(ModelArts\w+)\]\([^)]*\) \| ([\w, ]+) \|/gm)].flatMap(
  ([, alertname = '', severities = '']) =>
    severities.split(', ').map((severity) => ({ alertname, severity })),
);

testWith('alertmanager')('every alert of the rules and of the bridge reaches somebody', async () => {
  await using receiver = await startReceiver();
  await using alertmanager = await startExample(webhookAt(receiver.url));
  const alerts = DOCUMENTED.map((labels, index) => ({
    ...labels,
    project: `project-${index}`,
    kind: 'pool',
    target: 'p1',
  }));
  await post(alertmanager, alerts);
  const wanted = alerts.filter(({ severity }) => severity !== 'none').map(({ project }) => project);
  expect(wanted.length).toBeGreaterThan(40);
  const told = () =>
    new Set(receiver.notifications.flatMap((each) => each.alerts).map(({ labels }) => labels['project']));
  await vi.waitFor(() => expect([...told()].sort()).toEqual(wanted.sort()), WAIT);
});
