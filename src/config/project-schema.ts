import { z } from 'zod';
import { apiOverrideSchema } from './api-schema.ts';
import { authSchema } from './auth-schema.ts';
import {
  anchoredRegex,
  displayName,
  duration,
  LONGEST_TIMER,
  onLists,
  optionalHttpUrl,
  pathLabel,
} from './fields.ts';
import { SERVICE_STATUSES } from './service-statuses.ts';

function discoveryKeys(refresh: string) {
  return {
    enabled: z.boolean().default(false).describe('Watch every resource of this kind that the project has.'),
    refresh: duration({ max: LONGEST_TIMER }).prefault(refresh).describe('How often the listing is read.'),
    linger: duration({ zero: true })
      .prefault('1h')
      .describe('How long the series of a resource stay after it is no longer listed.'),
    include: z
      .array(anchoredRegex())
      .default([])
      .describe('Anchored regular expressions on the name; empty: all.'),
    exclude: z
      .array(anchoredRegex())
      .default([])
      .describe('Anchored regular expressions on the name; wins over include.'),
  };
}

const discoverySchema = z
  .strictObject({
    services: z
      .strictObject({
        ...discoveryKeys('5m'),
        status: z
          .array(z.enum(SERVICE_STATUSES))
          .default([])
          .describe('Only services in one of these states; empty: all.'),
      })
      .prefault({})
      .describe('Real-time, edge and batch services.'),
    training_jobs: z
      .strictObject({
        ...discoveryKeys('5m'),
        created_within: duration()
          .prefault('7d')
          .describe('Jobs that ended are watched when they are no older than this.'),
      })
      .prefault({})
      .describe('Training jobs in a non-final phase, and those created within created_within.'),
    pools: z
      .strictObject(discoveryKeys('15m'))
      .prefault({})
      .describe('Resource pools; include and exclude look at the display name or the id.'),
  })
  .prefault({})
  .describe(
    'Finds targets by itself, in the default workspace of the project; what is in other workspaces has to be listed by id.',
  );

/** A list of targets in which each occurs once. */
function targetList<K extends string, S extends z.ZodType<Readonly<Record<K, string>>>>(key: K, target: S) {
  return z.array(target).superRefine((targets, context) => {
    for (const [i, first] of repetitions(targets.map((each) => textOf(each, key)))) {
      context.addIssue({ code: 'custom', path: [i, key], message: `already listed as item ${first}` });
    }
  }, onLists);
}

export const projectSchema = z.strictObject({
  name: pathLabel().describe('The project label of every series; unique.'),
  region: z
    .string()
    .max(64)
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected a region such as cn-north-4')
    .describe('Region of the project, such as cn-north-4.'),
  project_id: z
    .string()
    .regex(/^[0-9A-Za-z_-]{0,64}$/, 'expected a project ID: letters and digits')
    .default('')
    .describe('ID of the project; empty: looked up in IAM by region.'),
  endpoint: optionalHttpUrl().prefault('').describe('ModelArts endpoint; empty: from the region.'),
  iam_endpoint: optionalHttpUrl().prefault('').describe('IAM endpoint; empty: from the region.'),
  pool_events: z
    .enum(['continue', 'offset'])
    .default('continue')
    .describe('How pages of pool events are asked for.'),
  api: apiOverrideSchema.prefault({}),
  auth: authSchema,
  services: targetList(
    'id',
    z.strictObject({
      id: pathLabel().describe('ID of the service.'),
      name: displayName().describe('The service_name label; default: what the API says.'),
    }),
  )
    .default([])
    .describe('Services to watch.'),
  training_jobs: targetList(
    'id',
    z.strictObject({
      id: pathLabel().describe('ID of the training job.'),
      name: displayName().describe('The training_job_name label; default: what the API says.'),
    }),
  )
    .default([])
    .describe('Training jobs to watch.'),
  pools: targetList(
    'name',
    z.strictObject({
      name: pathLabel().describe('Name of the pool, as in pool-4ce7.'),
      display_name: displayName().describe('The pool_name label; default: what the API says.'),
    }),
  )
    .default([])
    .describe('Resource pools to watch.'),
  discovery: discoverySchema,
});

/** The text under a key of a value that may have failed its own checks. */
export function textOf(value: unknown, key: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const text = Object.entries(value).find(([name]) => name === key)?.[1];
  return typeof text === 'string' ? text : undefined;
}

/** The index of every text that came before, with the index of its first occurrence. */
export function repetitions(texts: readonly (string | undefined)[]): readonly (readonly [number, number])[] {
  const seen = new Map<string, number>();
  return texts.flatMap((text, i) => {
    if (text === undefined) return [];
    const first = seen.get(text);
    if (first === undefined) seen.set(text, i);
    return first === undefined ? [] : [[i, first] as const];
  });
}
