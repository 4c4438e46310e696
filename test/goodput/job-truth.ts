import { endOf, type JobStory, stretchesOf } from './job-story.ts';

/**
 * What the metrics of the project are to say of the stories, told from `since` to `now`, both in seconds since their
 * beginning: by series, without those that are 0.
 */
export function truthOf(stories: readonly JobStory[], since: number, now: number): Map<string, number> {
  const truth = new Map<string, number>();
  const add = (series: string, amount: number) => {
    if (amount !== 0) truth.set(series, (truth.get(series) ?? 0) + amount);
  };
  const counts = (at: number) => at >= since && at <= now;
  for (const story of stories) {
    const { created, wait, nodes, pool, end, lostTo } = story;
    if (counts(created + wait)) {
      add('job_wait_seconds_sum', wait);
      add('job_wait_seconds_count', 1);
    }
    for (const { from, to, what, scenario = '', recovers } of stretchesOf(story)) {
      const time = nodes * Math.max(0, Math.min(to, now) - Math.max(from, since));
      add(`node_seconds_total ${pool}`, time);
      if (what === 'run') continue;
      add(`lost_node_seconds_total ${pool} ${scenario}`, time);
      if (counts(from)) add(`interruptions_total ${pool} ${scenario}`, 1);
      if (!recovers || !counts(to)) continue;
      add(`job_recovery_seconds_sum ${scenario}`, to - from);
      add(`job_recovery_seconds_count ${scenario}`, 1);
    }
    if (!counts(endOf(story))) continue;
    add(`jobs_ended_total ${end.toLowerCase()}`, 1);
    add('job_run_seconds_sum', endOf(story) - created - wait);
    add('job_run_seconds_count', 1);
    if (end === 'Failed') add(`jobs_failed_total ${lostTo ?? 'none'}`, 1);
  }
  return truth;
}
