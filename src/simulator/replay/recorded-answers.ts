import type { RecordedExchange, Recording } from '../../recording/recording.ts';
import { type Answer, gatewayError } from '../answer.ts';
import type { Arrival } from '../gateway.ts';

/** A request as a recording holds it. */
type Question = Pick<RecordedExchange, 'method' | 'path' | 'query' | 'body' | 'language'>;

/** Time filters follow the clock, so they are never the same twice. */
const TIMES = new Set(['start_time', 'end_time', 'since', 'until']);
/** Beyond the first page. */
const PAGES = ['offset', 'continue'];
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]{8,20}(?:Z|[+-]\d\d:?\d\d)$/i;
/** An answer may be asked for a little earlier than it came. Milliseconds. */
const EARLY_MAX = 1_000;

/**
 * Answers by a recording. What was asked for in the same words gets the answer that was given, the newest by the clock
 * of the replay; for what differs in its time filter alone, the filter that is nearest decides. What nobody asked then
 * is answered as if nothing were there.
 */
export class RecordedAnswers {
  readonly #byPath: ReadonlyMap<string, readonly RecordedExchange[]>;
  readonly #byOperation: ReadonlyMap<string, readonly RecordedExchange[]>;

  constructor({ exchanges }: Recording) {
    this.#byPath = grouped(exchanges, pathKey);
    this.#byOperation = grouped(
      exchanges.filter(({ status }) => status === 200),
      operationKey,
    );
  }

  answer(arrival: Arrival): Answer {
    const question = questionOf(arrival);
    const found = closest(question, this.#byPath.get(pathKey(question)) ?? [], arrival.now);
    if (found !== undefined) {
      const isOtherPage = PAGES.some(
        (name) => (parameter(question, name) ?? '0') !== (parameter(found, name) ?? '0'),
      );
      return isOtherPage && mismatches(question, found) > 0 ? emptied(found) : given(found, arrival.now);
    }
    const [like] = this.#byOperation.get(operationKey(question)) ?? [];
    if (like !== undefined) return emptied(like);
    return gatewayError(404, '0101', 'The recording has no such answer', arrival.requestId, arrival.dialect);
  }
}

function grouped(
  exchanges: readonly RecordedExchange[],
  key: (question: Question) => string,
): ReadonlyMap<string, readonly RecordedExchange[]> {
  const groups = new Map<string, RecordedExchange[]>();
  for (const exchange of exchanges) {
    const group = groups.get(key(exchange));
    if (group === undefined) groups.set(key(exchange), [exchange]);
    else group.push(exchange);
  }
  return groups;
}

function questionOf({ method, url, query, headers, body }: Arrival): Question {
  const [path = ''] = url.split('?');
  return {
    method,
    path: path
      .split('/')
      .filter((segment) => segment !== '')
      .map(decodeURIComponent),
    query: Object.fromEntries(query),
    ...(headers['x-language'] === undefined ? {} : { language: headers['x-language'] }),
    ...(body.length === 0 ? {} : { body: parsed(body) }),
  };
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

function pathKey({ method, path, query }: Question): string {
  return JSON.stringify([method, ...path, query['name']]);
}

/** The same for all ids. */
function operationKey({ method, path }: Question): string {
  return JSON.stringify([method, ...path.map((segment, index) => (index % 2 === 1 ? '*' : segment))]);
}

function closest(
  question: Question,
  exchanges: readonly RecordedExchange[],
  now: number,
): RecordedExchange | undefined {
  const past = exchanges.filter(({ at }) => at <= now + EARLY_MAX);
  const ranked = (past.length > 0 ? past : exchanges).map((exchange) => ({
    exchange,
    rank: [
      mismatches(question, exchange),
      startDistance(question, exchange),
      -Number(parameter(exchange, 'limit') ?? 0),
      past.length > 0 ? -exchange.at : exchange.at,
    ],
  }));
  return ranked.sort((a, b) => compared(a.rank, b.rank))[0]?.exchange;
}

function compared(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((each, index) => each !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

/** How many parameters differ, but for times. */
function mismatches(a: Question, b: Question): number {
  const [of, other] = [parametersOf(a), parametersOf(b)];
  const names = new Set([...Object.keys(of), ...Object.keys(other)].filter((name) => !TIMES.has(name)));
  return [...names].filter((name) => of[name] !== other[name]).length;
}

function parametersOf({ query, body, language }: Question): Readonly<Record<string, string>> {
  const inBody = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  return {
    ...query,
    ...Object.fromEntries(inBody.map(([name, value]) => [name, timeless(value)])),
    ...(language === undefined ? {} : { language }),
  };
}

function timeless(value: unknown): string {
  return (
    JSON.stringify(value, (_, each: unknown) => (typeof each === 'string' && TIME.test(each) ? '' : each)) ??
    ''
  );
}

function parameter(question: Question, name: string): string | undefined {
  return parametersOf(question)[name];
}

/** A filter that begins earlier than what is asked for shows all of it; the less earlier, the better. */
function startDistance(asked: Question, recorded: Question): number {
  const [a, b] = [startOf(asked), startOf(recorded)];
  if (a === undefined || b === undefined) return a === b ? 0 : Number.MAX_VALUE;
  return b <= a ? a - b : (b - a) * 1e6;
}

function startOf({ query, body }: Question): number | undefined {
  const start = query['start_time'] ?? query['since'];
  if (start !== undefined) return Number(start);
  const [time] = /\d{4}-\d\d-\d\dT[\d:.]{8,20}(?:Z|[+-]\d\d:?\d\d)/i.exec(JSON.stringify(body) ?? '') ?? [];
  return time === undefined ? undefined : Date.parse(time);
}

function given({ at, status, headers, json, text }: RecordedExchange, now: number): Answer {
  const { date, ...rest } = headers;
  // The clocks are as far apart as they were.
  const then = Date.parse(date ?? '') - at;
  return {
    status,
    headers: { ...rest, ...(Number.isNaN(then) ? {} : { Date: new Date(now + then).toUTCString() }) },
    content: text === undefined ? { json } : { text },
  };
}

/** The answer of a list without its items. */
function emptied({ json }: RecordedExchange): Answer {
  const entries = Object.entries((json ?? {}) as object).flatMap(([name, value]): [string, unknown][] => {
    if (Array.isArray(value)) return [[name, []]];
    return /^(?:total|count|total_count)$/.test(name) ? [[name, 0]] : [];
  });
  return { status: 200, content: { json: Object.fromEntries(entries) } };
}
