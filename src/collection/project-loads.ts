import type { ProjectLoad } from '../metrics/asked-metrics.ts';
import type { Project } from './project.ts';
import type { Target } from './target.ts';

/**
 * How the projects keep up with their targets.
 * @param waiting the targets that are due and wait for their turn
 */
export function loadsOf(
  projects: readonly Project[],
  waiting: readonly Target[],
  now: number,
): readonly ProjectLoad[] {
  return projects.map(({ config: { name }, api }) => {
    const own = waiting.filter(({ key }) => key.project === name);
    const waits = own.map(({ pace }) => now - (pace.refreshRequestedAt ?? now));
    const { rate, throttledFor } = api.load();
    return {
      project: name,
      rateLimit: rate,
      throttledSeconds: throttledFor,
      waiting: own.length,
      longestWait: waits.reduce((longest, wait) => Math.max(longest, wait), 0) / 1000,
    };
  });
}
