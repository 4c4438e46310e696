import { modelArtsError, Refusal } from '../answer.ts';
import type { Job } from '../model.ts';

export type Filter = (job: Job) => boolean;

const RANGE_MAX = 31 * 86_400_000;

/** What a job shows under each filter key; keys that the simulator keeps nothing for match as empty. */
const VALUES: Readonly<Record<string, (job: Job) => string>> = {
  id: (job) => job.id,
  name: (job) => job.name,
  kind: () => 'job',
  phase: (job) => job.phase,
  algorithm_id: () => '',
  algorithm_name: (job) => job.algorithm_name,
  create_time: (job) => String(job.create_time),
  user_id: () => '',
  pool_id: (job) => job.pool_id,
  training_experiment_id: () => '',
  runtime_type: () => '',
  priority: () => '',
};

/** Reads the `filters` of a search; what the documents do not allow is refused with the code for it. */
export function parseFilters(filters: unknown): readonly Filter[] {
  if (filters === undefined) return [];
  if (!Array.isArray(filters)) throw badFilter('2807', 'key');
  return filters.map(parseFilter);
}

function parseFilter(given: unknown): Filter {
  const { key, operator, value } = Object(given) as Record<string, unknown>;
  const read = typeof key === 'string' && Object.hasOwn(VALUES, key) ? VALUES[key] : undefined;
  if (read === undefined) throw badFilter('2807', 'key');
  if (!isTexts(value) || value.length === 0 || value.length > 10) throw badFilter('2809', 'value');
  if (operator === 'between') return between(key, value);
  if (key === 'create_time') throw badFilter('2808', 'operator');
  switch (operator) {
    case 'like':
      return (job) => value.some((text) => read(job).includes(text));
    case 'in':
      return (job) => value.includes(read(job));
    case 'not':
      return (job) => !value.includes(read(job));
    default:
      throw badFilter('2808', 'operator');
  }
}

function between(key: unknown, value: readonly string[]): Filter {
  if (key !== 'create_time') throw badFilter('2808', 'operator');
  const [start = Number.NaN, end = Number.NaN] = value.map(parseInstant);
  const range = end - start;
  if (value.length !== 2 || !(range >= 0 && range <= RANGE_MAX)) throw badFilter('2809', 'value');
  return (job) => job.create_time >= start && job.create_time <= end;
}

/** RFC 3339 with an offset, nothing looser. */
function parseInstant(text: string): number {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function badFilter(code: string, what: string): Refusal {
  return new Refusal(modelArtsError(400, code, `The filter ${what} is invalid.`));
}
