import type { ProjectConfig } from '../config/config.ts';
import { KIND_NAMES, type KindName, rowOf } from '../kind-table.ts';
import type { Discovered } from '../kinds/discovered.ts';
import { type Finding, wordsAmong } from '../kinds/examination.ts';
import { KINDS } from '../kinds/kinds.ts';
import type { Client } from '../modelarts/client.ts';
import { ApiError } from '../modelarts/errors.ts';
import {
  clockFindings,
  credentialFindings,
  isOfAll,
  type Need,
  permissionFindings,
  quotaFindings,
} from './access.ts';
import { GentleApi } from './gentle-api.ts';
import type { Overheard } from './overheard.ts';

export interface ProjectReport {
  readonly project: string;
  readonly region: string;
  readonly requests: number;
  readonly sections: readonly { readonly title: string; readonly findings: readonly Finding[] }[];
}

interface Looked {
  /** Collected, whether configured or discovered. */
  readonly ids: readonly string[];
  readonly findings: readonly Finding[];
}

/** Settings under which the doctor asks: one request at a time, and two a second. */
export function gently({ api, ...project }: ProjectConfig): ProjectConfig {
  return {
    ...project,
    api: { ...api, concurrency: 1, rateLimit: Math.min(api.rateLimit, 2), retries: Math.min(api.retries, 1) },
  };
}

/** Asks what the exporter would need of a project, and tells what came of it. */
export async function examine(
  project: ProjectConfig,
  api: Client,
  overheard: Overheard,
  clock: () => number,
): Promise<ProjectReport> {
  const gentle = new GentleApi(api);
  const idError = await api.projectId().then(
    () => undefined,
    (error: unknown) => apiError(error),
  );
  const kinds: { readonly kind: KindName; readonly looked: Looked; readonly reading: readonly Finding[] }[] =
    [];
  const used = KIND_NAMES.filter(
    (kind) => project.discovery[kind].enabled || project.targets[kind].length > 0,
  );
  for (const kind of idError === undefined ? used : []) {
    const looked = await look(project, kind, gentle, clock());
    kinds.push({ kind, looked, reading: await read(project, kind, looked.ids, gentle, clock()) });
  }
  const outcomes = new Map(gentle.outcomes);
  const isAccepted = [...outcomes.values()].includes(undefined);
  // Where IAM does not answer that, the report says that nobody told.
  if (project.auth.kind === 'token' && isAccepted) await api.verifyToken().catch(() => {});
  if (idError !== undefined) outcomes.set('iam_projects', idError);
  const targets = kinds.reduce((sum, { looked }) => sum + looked.ids.length, 0);
  return {
    project: project.name,
    region: project.region,
    requests: overheard.answers,
    sections: [
      {
        title: 'Access',
        findings: [
          ...credentialFindings(project, outcomes, overheard, clock()),
          ...(idError === undefined || idError.reason === 'auth' ? [] : [projectIdFinding(idError)]),
          ...clockFindings(overheard),
          ...quotaFindings(overheard, gentle.refusal, targets),
        ],
      },
      { title: 'Permissions', findings: permissionFindings(permissionsOf(project, used), outcomes) },
      { title: 'Targets', findings: kinds.flatMap(({ looked }) => looked.findings) },
      ...kinds.map(({ kind, reading }) => ({
        title: `How this cloud tells of ${rowOf(kind).nouns.toLowerCase()}`,
        findings: reading,
      })),
    ].filter(({ findings }) => findings.length > 0),
  };
}

function projectIdFinding(error: ApiError): Finding {
  const says = 'could not be looked up in IAM by the region: set project_id in the configuration';
  return { topic: 'project id', verdict: 'problem', says, texts: [error.message] };
}

/** What the calls need that the exporter makes for this configuration. */
function permissionsOf(project: ProjectConfig, used: readonly KindName[]): Readonly<Record<string, Need>> {
  return Object.fromEntries(
    used.flatMap((kind) => {
      const { examination, listing } = KINDS[kind];
      const { permissions, dispensable = {} } = examination;
      const ofListing: readonly string[] = [listing.operation, ...(listing.besides ?? [])];
      return (Object.keys(permissions) as (keyof typeof permissions)[])
        .filter((operation) => project.discovery[kind].enabled || !ofListing.includes(operation))
        .map((operation) => [
          operation,
          { actions: permissions[operation] ?? [], without: dispensable[operation] },
        ]);
    }),
  );
}

/** Which targets there are. */
async function look(project: ProjectConfig, kind: KindName, gentle: GentleApi, now: number): Promise<Looked> {
  const { listing, showing } = KINDS[kind];
  const configured = project.targets[kind].map(({ id }) => id);
  const topic = rowOf(kind).nouns.toLowerCase();
  const settings = project.discovery[kind];
  if (!settings.enabled) {
    return {
      ids: configured,
      findings: [{ topic, verdict: 'ok', says: `${configured.length} configured; discovery is off` }],
    };
  }
  try {
    const { found, isCut } = await gentle.listed((api) =>
      listing.discover({ api, settings, known: new Map(), whole: true, doubted: new Set(), now }),
    );
    const collected = inOrderOfInterest(
      kind,
      found.filter(({ excluded }) => excluded === undefined),
      now,
    );
    const ids = [...new Set([...configured, ...collected])];
    const excluded = found.length - collected.length;
    const missing = configured.filter((id) => !found.some((each) => each.id === id));
    const findings: Finding[] = [
      {
        topic,
        verdict: found.length + configured.length === 0 ? 'note' : 'ok',
        says: `${isCut ? 'at least ' : ''}${found.length} listed, ${excluded} of them excluded; ${configured.length} configured; ${ids.length} are collected`,
      },
    ];
    if (missing.length > 0 && !isCut) {
      const says = `${missing.length} that are configured are not listed: do they exist in this project?`;
      findings.push({ topic, verdict: 'note', says, targets: missing });
    }
    const statuses = found.flatMap(({ details }) => statusOf(kind, details, now) ?? []);
    const unknown = [...new Set(statuses.filter((status) => !Object.hasOwn(showing.outlooks, status)))];
    if (unknown.length > 0) {
      const says = `have a status that is not in the documents (${wordsAmong(unknown)}): it is shown as it is, and starts no alert. Please report it`;
      findings.push({ topic, verdict: 'note', says });
    }
    return { ids, findings };
  } catch (error) {
    const failure = apiError(error);
    const verdict = isOfAll(failure) ? 'unknown' : 'problem';
    const says = 'can not be listed';
    return { ids: configured, findings: [{ topic, verdict, says, texts: [failure.message] }] };
  }
}

function statusOf(kind: KindName, details: unknown, now: number): string | undefined {
  const { initialState, listing, showing } = KINDS[kind];
  const state = initialState();
  listing.fold(state, details, now);
  return showing.standing(state)?.status;
}

/** Who is alive has news. */
function inOrderOfInterest(kind: KindName, found: readonly Discovered<unknown>[], now: number): string[] {
  const { initialState, listing } = KINDS[kind];
  const rank = ({ details }: Discovered<unknown>): number => {
    const state = initialState();
    listing.fold(state, details, now);
    return ['alive', 'moving', 'resting'].indexOf(listing.activity(state));
  };
  return found.toSorted((a, b) => rank(a) - rank(b)).map(({ id }) => id);
}

/** Which reading of the documents this cloud follows. */
async function read(
  project: ProjectConfig,
  kind: KindName,
  ids: readonly string[],
  api: GentleApi,
  now: number,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const step of KINDS[kind].examination.steps) {
    const found = await step({ api, project, ids, now }).catch((error: unknown): readonly Finding[] => {
      const { message } = apiError(error);
      return [{ topic: 'not found out', verdict: 'unknown', says: 'a request failed', texts: [message] }];
    });
    findings.push(...found);
  }
  return findings;
}

function apiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError('other', 'failed unexpectedly', { cause: error });
}
