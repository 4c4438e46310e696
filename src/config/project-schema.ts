import { z } from 'zod';
import { type KindRow, perSection } from '../kind-table.ts';
import { apiOverrideSchema } from './api-schema.ts';
import { authSchema } from './auth-schema.ts';
import { unique } from './rules.ts';
import { anchoredRegex, displayName, duration, httpUrl, pathLabel, TIMER_MAX } from './scalars.ts';

const patterns = (meaning: string) =>
  z.array(anchoredRegex()).default([]).describe(`Anchored regular expressions on the name; ${meaning}.`);

/** What holds for the discovery of every kind, and what its row adds. */
function discoveryOf({ nouns, discovers, statuses, createdWithin, extras }: KindRow) {
  const keys = {
    enabled: z.boolean().default(false).describe('Watch every resource of this kind that the project has.'),
    refresh: duration({ max: TIMER_MAX }).prefault('30s').describe('How often the listing is read.'),
    linger: duration({ zero: true })
      .prefault('1h')
      .describe('How long the series of a resource stay after it is missing from the listing.'),
    include: patterns('empty: all'),
    exclude: patterns('wins over include'),
  };
  // A kind may lack these, which types can't tell of a row that is only known when the program runs.
  const own = {
    ...(statuses && {
      status: z
        .array(z.enum(statuses))
        .default([])
        .exactOptional()
        .describe(`Only ${nouns.toLowerCase()} in one of these states; empty: all.`),
    }),
    ...(createdWithin && {
      created_within: duration()
        .prefault(createdWithin)
        .exactOptional()
        .describe('Jobs that ended are watched when they are no older than this.'),
    }),
    ...switchesFor(extras),
  } as {
    status: z.ZodExactOptional<z.ZodType<string[]>>;
    created_within: z.ZodExactOptional<z.ZodType<number>>;
  };
  return z
    .strictObject({ ...keys, ...own })
    .prefault({})
    .describe(discovers);
}

/** The keys of what is read only where it is asked for. */
function switchesFor(extras: KindRow['extras'] = {}) {
  return Object.fromEntries(
    Object.entries(extras).map(([key, meaning]) => [
      key,
      z.boolean().default(false).exactOptional().describe(meaning),
    ]),
  );
}

/** The targets of a kind that the user names, each once. */
function targetsOf({ nouns, keys, idMeaning, labels, extras }: KindRow) {
  const target: z.ZodType<Readonly<Record<string, unknown>>> = z.strictObject({
    [keys.id]: pathLabel().describe(idMeaning),
    [keys.name]: displayName().describe(`The ${labels.name} label; default: what the API says.`),
    ...switchesFor(extras),
  });
  return z.array(target).check(unique(keys.id)).default([]).describe(`${nouns} to watch.`);
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
  endpoint: httpUrl({ optional: true }).prefault('').describe('ModelArts endpoint; empty: from the region.'),
  iam_endpoint: httpUrl({ optional: true }).prefault('').describe('IAM endpoint; empty: from the region.'),
  pool_events: z
    .enum(['continue', 'offset'])
    .default('continue')
    .describe('How pages of pool events are asked for.'),
  api: apiOverrideSchema,
  auth: authSchema,
  ...perSection(targetsOf),
  discovery: z
    .strictObject(perSection(discoveryOf))
    .prefault({})
    .describe(
      'Finds targets by itself, in the default workspace of the project. Targets of other workspaces have to be configured by id.',
    ),
});
