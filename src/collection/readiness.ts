import type { Project } from './project.ts';
import type { Target } from './target.ts';

/**
 * Every configured target and every listing was tried once. Where the quota makes targets wait for their turns, that
 * may take an hour, and one target of the project is enough.
 */
export function isReady(projects: readonly Project[], targets: readonly Target[]): boolean {
  if (projects.some(({ hasTriedEveryListing }) => !hasTriedEveryListing)) return false;
  const isTried = ({ reads }: Target) => reads.health.up !== undefined;
  const tried = new Set(targets.filter(isTried).map(({ key }) => key.project));
  const enough = projects.filter(({ config, api }) => tried.has(config.name) && api.load().isScarce);
  const names = new Set(enough.map(({ config }) => config.name));
  return targets.every(
    (target) => target.origin === 'discovered' || isTried(target) || names.has(target.key.project),
  );
}
