import type { Moment } from '../moment.ts';
import { phaseOfFailure, phaseUnderWay, phaseWords } from '../service/phases.ts';
import type { Outlook, Standing } from '../standing.ts';
import type { InferenceServiceState } from './state.ts';
import { troubleBehind } from './status.ts';

/** What the statuses of an inference service mean for those who need it. */
export const OUTLOOKS: Readonly<Record<string, Outlook>> = {
  running: 'working',
  init: 'changing',
  deploying: 'changing',
  upgrading: 'changing',
  concerning: 'weakened',
  error: 'broken',
  failed: 'broken',
  interrupting: 'changing',
  stopping: 'changing',
  stopped: 'ended',
  deleting: 'changing',
};

export function standing(state: InferenceServiceState): Standing | undefined {
  const { status, deployments, version, facts } = state;
  if (status === undefined) return undefined;
  const { value, since } = status;
  const outlook = OUTLOOKS[value] ?? 'other';
  const sum = (of: 'wanted' | 'running') => deployments.reduce((all, { [of]: count = 0 }) => all + count, 0);
  const instances = deployments.length === 0 ? [] : [`${sum('running')} of ${sum('wanted')} instances`];
  return {
    status: value,
    outlook,
    since,
    owner: facts?.owner,
    pools: outlook === 'ended' ? undefined : poolsOf(deployments),
    remarks: [
      ...(version === undefined ? [] : [`version ${version}`]),
      ...instances,
      ...phaseRemarks(state, outlook),
    ],
  };
}

/** The resource pools of its deployments; undefined where all are in the public one. */
export function poolsOf(deployments: InferenceServiceState['deployments']): string[] | undefined {
  const pools = new Set(deployments.flatMap(({ pool }) => pool ?? []));
  return pools.size === 0 ? undefined : [...pools].sort();
}

/** In which phase a deployment is, or failed, where texts tell. */
function phaseRemarks(state: InferenceServiceState, outlook: Outlook): string[] {
  const { status, marks, failureReason = '' } = state;
  if (outlook === 'changing') {
    const phase = phaseUnderWay(marks)?.phase;
    return phase === undefined ? [] : [phaseWords(phase)];
  }
  if (status?.value !== 'failed') return [];
  const phase = phaseOfFailure(failureReason) ?? phaseOfFailure(troubleBehind(state)?.message ?? '');
  return phase === undefined ? [] : [`deployment failed in ${phaseWords(phase)}`];
}

/** When it took another version. */
export function moments({ updates }: InferenceServiceState): Moment[] {
  return updates.map(({ at, version }) => ({
    at,
    what: 'deployment',
    words: `version ${version}`,
    news: 'none',
  }));
}
