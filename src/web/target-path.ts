import type { SeriesKey } from '../metrics/series-store.ts';

/** Path of a target's page, which alerts link to. */
export function targetPath({ project, kind, id }: SeriesKey): string {
  return `/targets/${encodeURIComponent(project)}/${kind}/${encodeURIComponent(id)}`;
}
