import type { Moment } from '../moment.ts';
import type { Outlook, Standing } from '../standing.ts';
import type { InferenceServiceState } from './state.ts';

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

export function standing({ status, deployments, version }: InferenceServiceState): Standing | undefined {
  if (status === undefined) return undefined;
  const { value, since } = status;
  const sum = (of: 'wanted' | 'running') => deployments.reduce((all, { [of]: count = 0 }) => all + count, 0);
  const instances = deployments.length === 0 ? [] : [`${sum('running')} of ${sum('wanted')} instances`];
  const remarks = [...(version === undefined ? [] : [`version ${version}`]), ...instances];
  return { status: value, outlook: OUTLOOKS[value] ?? 'other', since, remarks };
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
