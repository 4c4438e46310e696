import { z } from 'zod';
import { perKind, rowOf } from '../kind-table.ts';
import { apiSchema, HALF_PAIR, isHalfPair, tlsSchema } from './api-schema.ts';
import { projectSchema } from './project-schema.ts';
import { onMappings, unique } from './rules.ts';
import {
  duration,
  filePath,
  httpUrl,
  LINK_PLACES,
  label,
  linkTemplate,
  TIMER_MAX,
  whole,
} from './scalars.ts';
import { rejectTwins, secretKeys } from './secret-schema.ts';

const collectionSchema = z
  .strictObject({
    schedule: z
      .enum(['scrape', 'background'])
      .default('scrape')
      .describe(
        'scrape: a scrape fetches what is due and waits for it. background: a timer fetches, a scrape never waits.',
      ),
    min_interval: duration({ max: TIMER_MAX })
      .prefault('30s')
      .describe('A target is fetched at most this often, however many scrapers there are.'),
    window: duration().prefault('1h').describe('The window of the *_recent_events gauges.'),
    lookback: duration()
      .prefault('24h')
      .describe('How far back the first read of a target goes; at least window.'),
    overlap: duration({ zero: true })
      .prefault('5m')
      .describe('Read again on each poll, so that late events are seen.'),
    timeout_offset: duration({ zero: true, max: TIMER_MAX })
      .prefault('500ms')
      .describe("Taken off the scraper's own timeout, so that the answer arrives in time."),
  })
  .superRefine(({ window, lookback }, context) => {
    if (typeof window !== 'number' || typeof lookback !== 'number' || lookback >= window) return;
    context.addIssue({ code: 'custom', path: ['lookback'], message: 'must not be shorter than window' });
  }, onMappings)
  .prefault({})
  .describe('When and how far back events are read.');

const limitsSchema = z
  .strictObject({
    events_per_poll: whole(1, 1_000_000)
      .default(10_000)
      .describe(
        'Events read of one target at a time; services and jobs go on at the next refresh, pools are truncated.',
      ),
    pool_reasons: whole(1, 10_000)
      .default(50)
      .describe('Distinct reason values per pool beside the two known ones, then reason="other".'),
    workers: whole(1, 10_000)
      .default(100)
      .describe('Workers with an exit code per job, then worker="other".'),
    label_values: whole(1, 10_000)
      .default(100)
      .describe('Distinct owners, flavors and pools per project and kind, of each so many, then "other".'),
    response_bytes: whole(1024, 1 << 30)
      .default(16_777_216)
      .describe('Size of one response of the API.'),
  })
  .prefault({})
  .describe('Bounds on what is kept and read.');

const alertmanagerSchema = z
  .strictObject({
    url: httpUrl()
      .refine(
        (url) => !/\/api\/v[12](\/alerts)?$/.test(url),
        'must end before /api: the exporter adds /api/v2/alerts by itself',
      )
      .describe('Address of the Alertmanager, with its path prefix if it has one.'),
    timeout: duration({ max: TIMER_MAX }).prefault('10s').describe('How long one request may take.'),
    basic_auth: z
      .strictObject({
        username: z.string().min(1).describe('User name.'),
        ...secretKeys('password', 'Password.', 'password'),
      })
      .superRefine((auth, context) => {
        rejectTwins(auth, context);
        if (auth.password !== undefined || auth.password_file !== undefined) return;
        context.addIssue({ code: 'custom', path: ['password'], message: 'is required, or password_file' });
      }, onMappings)
      .optional()
      .describe('HTTP basic authentication.'),
    ...secretKeys('bearer_token', 'Bearer token.', 'bearer token'),
    tls_config: tlsSchema,
  })
  .superRefine((manager, context) => {
    rejectTwins(manager, context);
    const bearer = manager.bearer_token !== undefined || manager.bearer_token_file !== undefined;
    if (manager.basic_auth === undefined || !bearer) return;
    const message = 'does not go together with a bearer token';
    context.addIssue({ code: 'custom', path: ['basic_auth'], message });
  }, onMappings);

/** The labels that alerts have of their own. */
const RESERVED_LABELS: ReadonlySet<string> = new Set([
  ...['alertname', 'severity', 'project', 'region', 'kind'],
  ...Object.values(perKind(rowOf)).flatMap(({ labels, alertLabels }) => [
    labels.id,
    labels.name,
    ...alertLabels,
  ]),
]);

const labelNameSchema = z
  .string()
  .regex(
    /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/,
    'not a label name: letters, digits and _, not beginning with a digit or __',
  )
  .refine((name) => !RESERVED_LABELS.has(name), 'alerts have a label of this name already');

const alertingSchema = z
  .strictObject({
    alertmanagers: z
      .array(alertmanagerSchema)
      .check(unique('url'))
      .default([])
      .describe('Every Alertmanager gets every alert. Without one, alerting is off.'),
    interval: duration({ max: TIMER_MAX })
      .prefault('30s')
      .describe(
        'How often alerts are sent again. With schedule: scrape, also how often targets are read with no scraper, though never more often than min_interval.',
      ),
    keep_firing_for: duration({ zero: true })
      .prefault('1m')
      .describe(
        'A problem is told for at least so long, even if it is over before: nobody would hear of a short one. 0s: off.',
      ),
    resolve_after: duration()
      .prefault('30m')
      .describe('A one-shot problem that has no recovery signal resolves after this quiet time.'),
    external_url: httpUrl({ optional: true })
      .prefault('')
      .describe('Address of this exporter as people reach it; the base of generatorURL and of runbook_url.'),
    labels: z.record(labelNameSchema, label()).default({}).describe('Added to every alert.'),
    min_severity: z
      .enum(['warning', 'critical'])
      .default('warning')
      .describe('The least severity that is sent.'),
  })
  .prefault({})
  .describe('Sends alerts to Alertmanager.');

const linksSchema = z
  .strictObject({
    grafana: httpUrl({ optional: true })
      .prefault('')
      .describe(
        'Address of the Grafana that has the dashboards; pages and alerts lead there. Empty: no links.',
      ),
    console: linkTemplate()
      .default('https://console.huaweicloud.com/modelarts/?region={region}')
      .describe(
        `The ModelArts console, for a link from each target. Filled in: ${LINK_PLACES.map((place) => `{${place}}`).join(', ')}. Empty: no links.`,
      ),
  })
  .prefault({})
  .describe('Where pages and alerts lead beside the exporter itself.');

/** The configuration file: the one source of its validation, its defaults and its JSON Schema. */
export const configSchema = z
  .strictObject({
    collection: collectionSchema,
    state: z
      .strictObject({
        file: filePath()
          .default('')
          .describe('Keeps counters, cursors and alerts over a restart; empty: nothing is kept.'),
      })
      .prefault({})
      .describe('Durable state.'),
    limits: limitsSchema,
    api: apiSchema,
    projects: z
      .array(projectSchema)
      .min(1)
      .check(unique('name', (first) => `already the name of projects[${first}]`))
      .describe('The projects to watch.'),
    alerting: alertingSchema,
    links: linksSchema,
    event_log: filePath()
      .default('')
      .describe('Writes every new event once, as a line of JSON: stdout or a file; empty: nowhere.'),
  })
  .superRefine(({ api, projects }, context) => {
    // Only where a project says something of its own: a wrong pair above is told there, once.
    for (const [i, project] of (Array.isArray(projects) ? projects : []).entries()) {
      const own = project?.api?.tls_config;
      if (own?.cert_file === undefined && own?.key_file === undefined) continue;
      if (!isHalfPair({ ...api?.tls_config, ...own })) continue;
      context.addIssue({ code: 'custom', path: ['projects', i, 'api', 'tls_config'], message: HALF_PAIR });
    }
  }, onMappings);

/** What a valid file says, defaults filled in, durations in milliseconds. */
export type ConfigFile = z.output<typeof configSchema>;
