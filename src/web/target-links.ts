import { dashboardPath, type TargetKey } from '../target-key.ts';

/** Where links lead, as configured; empty: nowhere. */
export interface LinkSettings {
  /** Address of Grafana. */
  readonly grafana: string;
  /** Address of the console, with places such as `{region}`. */
  readonly console: string;
}

interface LinkedTarget extends TargetKey {
  readonly region: string;
  readonly name: string | undefined;
}

export interface Link {
  readonly words: string;
  readonly url: string;
}

/** What shows a target elsewhere. */
export function targetLinks(
  { grafana, console }: LinkSettings,
  target: LinkedTarget,
  projectId = '',
): readonly Link[] {
  const { project, region, kind, id, name = '' } = target;
  const places = new Map(Object.entries({ project, region, project_id: projectId, kind, id, name }));
  const filled = console.replace(/\{(\w+)\}/g, (_, place: string) =>
    encodeURIComponent((places.get(place) ?? '').toWellFormed()),
  );
  return [
    ...(console === '' ? [] : [{ words: 'ModelArts console', url: filled }]),
    ...(grafana === '' ? [] : [{ words: 'Grafana', url: `${grafana}${dashboardPath(target)}` }]),
  ];
}
