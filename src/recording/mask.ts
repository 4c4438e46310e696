import { createHmac } from 'node:crypto';

/**
 * Takes out of answers what is somebody's own: ids, names and the words of texts. The same value has the same mask
 * wherever it stands, and without the key, which is forgotten with the process, nobody can tell what it was. What is
 * ModelArts' own stays: numbers, times, statuses, and the words of the texts that its documents have.
 */
export interface Mask {
  /** A mask such as `masked-0123456789ab`. A value that is a mask already stays. */
  id(value: string): string;
  /** A text whose words stay if ModelArts' own texts have them. */
  text(value: string): string;
  /** The body of an answer. */
  answer(body: unknown): unknown;
  /** The body of a request. */
  question(body: unknown): unknown;
  /** A parameter of a request. */
  parameter(name: string, value: string): string;
  /** The segments of a path below the API's version, where ids and words take turns. */
  path(segments: readonly string[]): readonly string[];
}

const MASKED = /^masked-[0-9a-f]{12}$/;
/** Unknown Chinese characters become as many radicals, which no text has. */
const RADICALS = { first: 0x2f00, count: 0xd6 };
const HAN = /\p{Script=Han}/u;
/** What stands between blanks and punctuation. */
const TOKEN = /\p{Script=Han}+|[^\s\p{Script=Han}[\](){}"'`,;:!?=|<>，。：；（）【】“”、！？]+/gu;
/** Numbers of texts that metrics are made of. */
const TOLD =
  /exit code -?\d{1,4}\b|(?<![\w-])worker-\d{1,6}(?![\w-])|count from [\d/]{1,40} to [\d/]{1,40}|timestamp: ?\d{1,12}|time used: ?[\d.]{1,12} ?s\b|\blimit: ?\d{1,9}|\btime: ?\d{1,6} (?:second|minute|hour|day)/gi;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/i;
const NUMBER = /^-?\d{1,9}(?:\.\d{1,9})?$/;
const REGION = /^[a-z]{2}-[a-z]{2,16}-\d{1,3}$/;
const WORKER = /^worker-\d{1,6}$/;
const CODE = /^[A-Za-z]{2,20}\.\d{1,10}$/;
/** A word of a closed set, also of one that the documents do not have. */
const WORD = /^[A-Za-z][A-Za-z_-]{0,31}$/;
const OTHER_WORDS = new Set(['K8S', 'K8s', 'k8s', 'v1', 'v2', 'real-time']);
const OWN_KEY = /(?:^|_)(?:id|name)$|Id$|Name$/;
const TEXTS = /(?:^|_)(?:message|msg|info|info_cn|details)$|^end_reason$/;
const WORDS = new Set(
  'status phase secondary_phase stage event_type level source type deploy_type reason result infer_type kind apiVersion order sort_by state scope scopeType start_type end_recover recover fault_scenario recover_result catalog instanceType'.split(
    ' ',
  ),
);
const QUESTION_WORDS = new Set([
  ...WORDS,
  ...'sort_dir sort_key language operator key resource train_type'.split(' '),
]);
/** Their keys are somebody's own too. */
const USERS_MAPS =
  /^(?:labels|annotations|tags|envs|environments|parameters|additional_properties|endpoints)$/;
const MODELARTS_KEY = /^(?:os\.modelarts|fault-tolerance)[\w./-]{0,64}$/;
const FIELD = /^[a-z][A-Za-z0-9_]{0,63}$/;
/** Where an id would stand. */
const PATH_WORDS = new Set(['pools', 'all']);

/**
 * @param key random, of this run alone
 * @param texts those that the documents have; their words stay
 */
export function createMask(key: Buffer, texts: readonly string[]): Mask {
  const vocabulary = new Set(texts.flatMap((text) => text.match(TOKEN) ?? []).map(plainWord));
  const phrases = [...vocabulary].filter((word) => HAN.test(word)).sort((a, b) => b.length - a.length);
  const digest = (value: string) => createHmac('sha256', key).update(value).digest();
  const id = (value: string) =>
    value === '' || MASKED.test(value) ? value : `masked-${digest(value).toString('hex').slice(0, 12)}`;

  function han(run: string): string {
    const phrase = phrases.find((each) => run.includes(each));
    if (phrase === undefined) return radicals(run);
    const at = run.indexOf(phrase);
    const [before, after] = [run.slice(0, at), run.slice(at + phrase.length)];
    return `${before && han(before)}${phrase}${after && han(after)}`;
  }

  function radicals(run: string): string {
    const bytes = digest(run);
    return [...run]
      .map((char, index) => {
        const code = char.codePointAt(0) ?? 0;
        const isMask = code >= RADICALS.first && code < RADICALS.first + RADICALS.count;
        return isMask
          ? char
          : String.fromCodePoint(RADICALS.first + ((bytes[index % 32] ?? 0) % RADICALS.count));
      })
      .join('');
  }

  function words(part: string): string {
    return part.replace(TOKEN, (token) => {
      if (HAN.test(token)) return han(token);
      const end = /[.…]+$/.exec(token)?.[0] ?? '';
      const word = token.slice(0, token.length - end.length);
      return (vocabulary.has(plainWord(word)) ? word : id(word)) + end;
    });
  }

  function text(value: string): string {
    let masked = '';
    let done = 0;
    for (const { 0: told, index } of value.matchAll(TOLD)) {
      masked += words(value.slice(done, index)) + told;
      done = index + told.length;
    }
    return masked + words(value.slice(done));
  }

  function string(name: string, value: string, closedSets: ReadonlySet<string>): string {
    if ([TIME, REGION, WORKER].some((form) => form.test(value)) || OTHER_WORDS.has(value)) return value;
    if (name === 'error_code' || name === 'code') return CODE.test(value) ? value : id(value);
    if (TEXTS.test(name)) return text(value);
    if (closedSets.has(name) && WORD.test(value)) return value;
    const isCount = NUMBER.test(value) && (!isOwn(name) || value === '0');
    return isCount ? value : id(value);
  }

  function masked(value: unknown, name: string, closedSets: ReadonlySet<string>): unknown {
    if (typeof value === 'string') return string(name, value, closedSets);
    if (typeof value === 'number') return isOwn(name) ? ownNumber(value) : value;
    if (Array.isArray(value)) return value.map((each) => masked(each, name, closedSets));
    if (typeof value !== 'object' || value === null) return value;
    const isUsers = USERS_MAPS.test(name);
    const isKept = isUsers ? MODELARTS_KEY : FIELD;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [
        isKept.test(key) || MODELARTS_KEY.test(key) ? key : id(key),
        masked(
          each,
          isUsers && !MODELARTS_KEY.test(key) ? usersName(each) : meaningOf(key, name),
          closedSets,
        ),
      ]),
    );
  }

  /** Of a range that no id is in, so that a mask is known as one. */
  function ownNumber(value: number): number {
    if (value === 0 || (value >= OWN_NUMBERS && value < OWN_NUMBERS + 2 ** 32)) return value;
    return OWN_NUMBERS + digest(String(value)).readUInt32BE(0);
  }

  return {
    id,
    text,
    answer: (body) => masked(body, '', WORDS),
    question: (body) => filtersMasked(masked(body, '', QUESTION_WORDS), body, id),
    parameter: (name, value) =>
      /^(?:\d{1,15}|true|false)$/.test(value) ? value : string(name, value, QUESTION_WORDS),
    path: ([version = '', ...rest]) => [
      version,
      ...rest.map((segment, index) => (index % 2 === 1 || PATH_WORDS.has(segment) ? segment : id(segment))),
    ],
  };
}

const OWN_NUMBERS = 9_000_000_000_000_000 - 2 ** 33;

/** What stands under this name is somebody's own, also if it is a number. */
function isOwn(name: string): boolean {
  return OWN_KEY.test(name) || USERS_MAPS.test(name);
}

/** The name of a stage is a word of ModelArts' own, unlike other names. */
function meaningOf(key: string, parent: string): string {
  return parent === 'stages' && key === 'name' ? 'stage' : key.replace(/^.*[./]/s, '');
}

/** What users keep under a key of theirs is theirs too, whatever the key is called. */
function usersName(value: unknown): string {
  return typeof value === 'object' ? 'labels' : 'id';
}

/** A filter of a search holds ids or words, as its key says. */
function filtersMasked(question: unknown, original: unknown, id: Mask['id']): unknown {
  const { filters } = (original ?? {}) as { readonly filters?: unknown };
  if (!Array.isArray(filters)) return question;
  return {
    ...(question as object),
    filters: filters.map(({ key, operator, value }: { key: unknown; operator: unknown; value: unknown }) => ({
      key,
      operator,
      value: (Array.isArray(value) ? value : []).map((each) =>
        TIME.test(String(each)) || key === 'phase' ? each : id(String(each)),
      ),
    })),
  };
}

function plainWord(word: string): string {
  return word.replace(/[.…]+$/, '').toLowerCase();
}
