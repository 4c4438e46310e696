/**
 * The five phases of a deployment, read from the texts of service events. A phase runs per model, from
 * its start text to its end text:
 *
 * - image_building: "building image for model [M]" to "model (M) build image success"
 * - environment_preparation: "preparing environment" (all models) to "[M] prepare environment success"
 * - resource_scheduling: the end of M's preparation to "[M] schedule resource success"
 * - image_pulling: "[M] pulling model image" to "[M] pull image success"
 * - model_startup: "[M] starting model" to "[M] start model success"
 *
 * A repeated start begins the run anew, and "start to deploy service" forgets every run without an end.
 */
export const PHASES = [
  'image_building',
  'environment_preparation',
  'resource_scheduling',
  'image_pulling',
  'model_startup',
] as const;

export type Phase = (typeof PHASES)[number];

/** What a text says of the deployment: instant, what happened, and the model it names, else empty. */
export type Mark = readonly [at: number, what: 'deploy' | `${'start' | 'end'} ${Phase}`, model: string];

/** A completed run. */
export interface Run {
  readonly phase: Phase;
  readonly end: number;
  readonly milliseconds: number;
}

/** A longer model name is absurd, and is told apart by its beginning. */
const MODEL_MAX = 256;

const TEXTS: readonly (readonly [RegExp, Mark[1]])[] = [
  [/^(?:the service )?starts? to deploy\b/i, 'deploy'],
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
export function runsOf(marks: readonly Mark[]): Run[] {
  const runs: Run[] = [];
  const started = new Map<string, number>();
  const ended = new Map<string, number>();
  const startOf = (phase: Phase, model: string): number | undefined => {
    const start = started.get(`${phase} ${model}`) ?? started.get(`${phase} `);
    const end = ended.get(`${phase} ${model}`);
    return start === undefined || (end !== undefined && end >= start) ? undefined : start;
  };
  for (const [at, what, model] of marks.toSorted(inOrder)) {
    if (what === 'deploy') {
      started.clear();
      continue;
    }
    const [edge, phase] = what.split(' ') as ['start' | 'end', Phase];
    if (edge === 'start') {
      started.set(`${phase} ${model}`, at);
      continue;
    }
    const start = startOf(phase, model);
    if (start === undefined) continue;
    runs.push({ phase, end: at, milliseconds: at - start });
    ended.set(`${phase} ${model}`, at);
    if (phase === 'environment_preparation') started.set(`resource_scheduling ${model}`, at);
  }
  return runs;
}

/** Of marks at one instant, the earlier phase comes first, and its start before its end. */
function inOrder(a: Mark, b: Mark): number {
  return a[0] - b[0] || ORDER.indexOf(a[1]) - ORDER.indexOf(b[1]);
}

const ORDER: readonly Mark[1][] = [
  'deploy',
  ...PHASES.flatMap((phase) => [`start ${phase}`, `end ${phase}`] as const),
];

const FAILURES: readonly (readonly [RegExp, Phase])[] = [
  [/pull(ing)? (the |model )*image/i, 'image_pulling'],
  [/(build(ing)?|create) (the |model )*image|image .*build/i, 'image_building'],
  [/prepar(e|ing) (the )?environment/i, 'environment_preparation'],
  [/schedul|insufficient|had taint/i, 'resource_scheduling'],
  [/start(ing)? (the )?(model|pod)/i, 'model_startup'],
];

/** The phase in which an abnormal event's own text places the trouble, where it does. */
export function phaseOfFailure(message: string): Phase | undefined {
  return FAILURES.find(([pattern]) => pattern.test(message))?.[1];
}
