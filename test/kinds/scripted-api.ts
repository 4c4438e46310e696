import type { ProjectConfig } from '../../src/config/config.ts';
import type { Notice, Occurrence, Page } from '../../src/kinds/event.ts';
import type { Kind } from '../../src/kinds/kind.ts';
import type { FoldContext, ReadRequest } from '../../src/kinds/reading.ts';
import type { Family, Labels } from '../../src/metrics/family.ts';
import type { Api, ApiRequest, Operation } from '../../src/modelarts/api.ts';
import type { ApiError } from '../../src/modelarts/errors.ts';

export const NOW = Date.parse('2024-05-06T07:08:09.123Z');

/** An API whose answers are given by operation: a body, an error to throw, or what makes one of a request. */
function scriptedApi(answers: Partial<Record<Operation, unknown>>) {
  const requests: ApiRequest[] = [];
  const api: Api = {
    async request(request) {
      requests.push(request);
      const answer = answers[request.operation];
      const body = typeof answer === 'function' ? answer(request) : answer;
      if (body instanceof Error) throw body;
      return body;
    },
  };
  return { api, requests };
}

export interface ReadOptions {
  readonly now?: number;
  readonly first?: boolean;
  readonly since?: number;
  readonly countingSince?: number;
  readonly limit?: number;
  readonly poolEvents?: ProjectConfig['poolEvents'];
  readonly isScarce?: boolean;
  readonly extras?: readonly string[];
  /** All that comes was known before. */
  readonly isKnown?: boolean;
  /** Told of each page that is handed over, also by a read that fails. */
  readonly onPage?: (page: Page<unknown>) => void;
}

/** One read of a target, as its parts tell it. */
interface Read<E> {
  readonly events: readonly E[];
  readonly pages: readonly Page<E>[];
  readonly malformed: number;
  readonly requests: readonly ApiRequest[];
  readonly notices: readonly Notice[];
  readonly truncated: boolean;
  readonly failure: ApiError | undefined;
}

export async function read<E, S, D>(
  kind: Kind<E, S, D>,
  state: S,
  answers: Partial<Record<Operation, unknown>>,
  {
    now = NOW,
    first = false,
    since,
    countingSince = 0,
    limit = 10_000,
    poolEvents = 'continue',
    isScarce = false,
    extras = [],
    isKnown = false,
    onPage,
  }: ReadOptions = {},
): Promise<Read<E>> {
  const { api, requests } = scriptedApi(answers);
  const pages: Page<E>[] = [];
  const request: ReadRequest = {
    id: 'the id',
    api: { ...api, isScarce: () => isScarce },
    project: { poolEvents, api: { language: 'en-us' } } as ProjectConfig,
    extras,
    since: since ?? now - 3_600_000,
    known: 0,
    page: (_what, fetch) => fetch(),
    first,
    countingSince,
    now,
    limit,
  };
  const result = await kind.reading.read(request, state, (page) => {
    pages.push(page);
    onPage?.(page);
    return isKnown ? 0 : page.sightings.length;
  });
  return {
    events: pages.flatMap((page) => page.sightings.map(({ event }) => event)),
    pages,
    malformed: pages.reduce((sum, page) => sum + page.malformed.length, 0),
    requests,
    notices: result.notices ?? [],
    truncated: result.truncated ?? false,
    failure: result.failure,
  };
}

export const CONTEXT: FoldContext = {
  first: false,
  countingSince: 0,
  now: NOW,
  limits: { eventsPerPoll: 10_000, poolReasons: 50, labelValues: 100, workers: 100, responseBytes: 1e6 },
};

export function once<E>(event: E, at: number, count = 1): Occurrence<E> {
  return { event, at, count };
}

/** Samples of a kind without its prefix, as `name{label="value"}`. */
export function samplesOf<E, S, D>(kind: Kind<E, S, D>, state: S): Record<string, number> {
  const samples: Record<string, number> = {};
  kind.showing.samples(state, (family: Family, labels: Labels, value: number) => {
    const text = Object.entries(labels)
      .filter(([, label]) => label !== undefined)
      .map(([name, label]) => `${name}="${label}"`)
      .join(',');
    const name = `${family.name.replace(/^modelarts_(inference_service|service|training_job|pool)_/, '')}{${text}}`;
    if (name in samples) throw new Error(`given twice: ${name}`);
    samples[name] = value;
  });
  return samples;
}
