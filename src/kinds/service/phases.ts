import { beginningOf } from '../telling-texts.ts';

/**
 * The five phases of a deployment, read from the texts of service events. A phase runs per model, from
 * its start text to its end text:
 *
 * - image_building: "building image for model [M]" to "model (M) build image success"
 * - environment_preparation: "preparing environment" (all models) to "[M] prepare environment success"
 * - resource_scheduling: the end of M's preparation to "[M] schedule resource success"
 * - image_pulling: "[M] pulling model image" to "[M] pull image success"
 * - model_startup: "[M] starting model" to "[M] start model success", or for every model that is still
 *   starting to "Service S started."
 *
 * A repeated start begins the run anew. "start to deploy service" and "Failed to update the service" forget
 * every run without an end: what ends after them belongs to another deployment, or to the rollback.
 */
export const PHASES = [
  'image_building',
  'environment_preparation',
  'resource_scheduling',
  'image_pulling',
  'model_startup',
] as const;

export type Phase = (typeof PHASES)[number];

/** As people say it: `image pulling`. */
export function phaseWords(phase: Phase): string {
  return phase.replaceAll('_', ' ');
}

/**
 * What a text says of the deployment: instant, what happened, and the model it names. Where it names none
 * it speaks of all; `forget` ends nothing, but nothing before it can end any more.
 */
export type Mark = readonly [at: number, what: 'forget' | `${'start' | 'end'} ${Phase}`, model: string];

/** A completed run. */
export interface Run {
  readonly phase: Phase;
  readonly end: number;
  readonly milliseconds: number;
}

/** A longer model name is absurd, and is told apart by its beginning. */
const MODEL_MAX = 256;

const TEXTS: readonly (readonly [RegExp, Mark[1]])[] = [
  [/^(?:the service )?starts? to deploy\b/i, 'forget'],
  [/^failed to update the service\b/i, 'forget'],
  [/^building image for model \[(?<model>.+)\]/i, 'start image_building'],
  [/^model \((?<model>.+)\) build image success/i, 'end image_building'],
  [/^preparing environment/i, 'start environment_preparation'],
  [/^\[(?<model>.+)\] preparing environment/i, 'start environment_preparation'],
  [/^\[(?<model>.+)\] prepare environment success/i, 'end environment_preparation'],
  [/^\[(?<model>.+)\] schedule resource success/i, 'end resource_scheduling'],
  [/^\[(?<model>.+)\] pulling model image/i, 'start image_pulling'],
  [/^\[(?<model>.+)\] pull image success/i, 'end image_pulling'],
  [/^\[(?<model>.+)\] starting model/i, 'start model_startup'],
  [/^\[(?<model>.+)\] start model success/i, 'end model_startup'],
  [/^service \S+ started\.?$/i, 'end model_startup'],
];

/** @returns undefined for a text that tells nothing of a phase */
export function markOf(at: number, message: string): Mark | undefined {
  for (const [pattern, what] of TEXTS) {
    const match = pattern.exec(message);
    if (match !== null) return [at, what, (match.groups?.['model'] ?? '').slice(0, MODEL_MAX)];
  }
  return undefined;
}

/** The completed runs that the marks tell, whatever order they came in. */
function runsOf(marks: readonly Mark[]): Run[] {
  const runs: Run[] = [];
  const started = new Map<string, number>();
  const ended = new Map<string, number>();
  const end = (phase: Phase, model: string, at: number): void => {
    const start = started.get(`${phase} ${model}`) ?? started.get(`${phase} `);
    const before = ended.get(`${phase} ${model}`);
    if (start === undefined || (before !== undefined && before >= start)) return;
    runs.push({ phase, end: at, milliseconds: at - start });
    ended.set(`${phase} ${model}`, at);
    if (phase === 'environment_preparation') started.set(`resource_scheduling ${model}`, at);
  };
  for (const [at, what, model] of marks.toSorted(inOrder)) {
    if (what === 'forget') {
      started.clear();
      continue;
    }
    const [edge, phase] = what.split(' ') as ['start' | 'end', Phase];
    if (edge === 'start') started.set(`${phase} ${model}`, at);
    else if (model !== '') end(phase, model, at);
    else for (const each of modelsOf(phase, started)) end(phase, each, at);
  }
  return runs;
}

/** The phase that began last and has not ended, as of a deployment under way, and when that was in Unix milliseconds. */
export function phaseUnderWay(
  marks: readonly Mark[],
): { readonly phase: Phase; readonly at: number } | undefined {
  const under = new Map<Phase, number>();
  for (const [at, what] of marks.toSorted(inOrder)) {
    if (what === 'forget') under.clear();
    else {
      const [edge, phase] = what.split(' ') as ['start' | 'end', Phase];
      if (edge === 'start') under.set(phase, at);
      else under.delete(phase);
    }
  }
  return [...under]
    .map(([phase, at]) => ({ phase, at }))
    .reduce<{ phase: Phase; at: number } | undefined>(
      (latest, each) => (latest === undefined || each.at >= latest.at ? each : latest),
      undefined,
    );
}

/** Those named by what has started of a phase. */
function modelsOf(phase: Phase, started: ReadonlyMap<string, number>): string[] {
  const prefix = `${phase} `;
  return [...started.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
}

/** Of each phase the run that ended last; where several models ended at once, the longest. */
export function latestRuns(marks: readonly Mark[]): Run[] {
  const latest = new Map<Phase, Run>();
  for (const run of runsOf(marks)) {
    const before = latest.get(run.phase);
    const isLater =
      before === undefined ||
      run.end > before.end ||
      (run.end === before.end && run.milliseconds > before.milliseconds);
    if (isLater) latest.set(run.phase, run);
  }
  return [...latest.values()];
}

/** Of marks at one instant, the earlier phase comes first, and its start before its end. */
function inOrder(a: Mark, b: Mark): number {
  return a[0] - b[0] || ORDER.indexOf(a[1]) - ORDER.indexOf(b[1]);
}

const ORDER: readonly Mark[1][] = [
  'forget',
  ...PHASES.flatMap((phase) => [`start ${phase}`, `end ${phase}`] as const),
];

const FAILURES: readonly (readonly [RegExp, Phase])[] = [
  [/pull(ing)? (the |model )*image|拉取.{0,10}镜像|镜像.{0,10}拉取/i, 'image_pulling'],
  [
    /(build(ing)?|create) (the |model )*image|image .*build|(构建|创建|制作).{0,10}镜像|镜像.{0,10}(构建|创建|制作)/i,
    'image_building',
  ],
  [/prepar(e|ing) (the )?environment|准备环境|环境准备/i, 'environment_preparation'],
  [/schedul|insufficient|had taint|资源不足|调度.{0,6}失败/i, 'resource_scheduling'],
  [/start(ing)? (the )?(model|pod)|failed to start (the )?service|启动.{0,64}失败/i, 'model_startup'],
  [/health check|readiness|liveness|健康检查/i, 'model_startup'],
  // A deployment that fails for no reason given, or takes too long, has come as far as starting the model.
  [
    /^(the )?service deployment timed out|^service .{1,256} failed\b|服务.{0,64}(部署|运行)(超时|失败)/i,
    'model_startup',
  ],
];

/** The phase in which an abnormal event's own text places the trouble, where it does. */
export function phaseOfFailure(message: string): Phase | undefined {
  const beginning = beginningOf(message);
  return FAILURES.find(([pattern]) => pattern.test(beginning))?.[1];
}
