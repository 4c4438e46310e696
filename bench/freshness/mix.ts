/** How many there are of each: what lives makes up the number of targets, ended jobs come on top. */
interface Mix {
  readonly services: number;
  readonly jobs: number;
  readonly endedJobs: number;
  readonly pools: number;
}

/** Like 380 targets of which 300 are services, 60 living jobs and 20 pools, beside 100 ended jobs. */
export function mixOf(targets: number): Mix {
  const part = (of380: number) => Math.max(1, Math.round((targets * of380) / 380));
  const [jobs, pools] = [part(60), part(20)];
  return { services: targets - jobs - pools, jobs, endedJobs: part(100), pools };
}
