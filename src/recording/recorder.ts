import type { Config, ProjectConfig } from '../config/config.ts';
import { KIND_NAMES, perKind } from '../kind-table.ts';
import type { Logger } from '../log.ts';
import type { HttpAnswer } from '../modelarts/error-answer.ts';
import type { AnsweredCall } from '../modelarts/http-exchange.ts';
import type { Mask } from './mask.ts';
import type { RecordedExchange, RecordedProject, RecordedSettings, RecordingHead } from './recording.ts';

export interface RecorderOptions {
  /** Takes a line whole, or throws. */
  readonly write: (line: Buffer) => void;
  readonly mask: Mask;
  /** Unix milliseconds. */
  readonly clock: () => number;
  readonly startedAt: number;
  readonly version: string;
  readonly log: Pick<Logger, 'warn'>;
  /** The size of the recording at most. */
  readonly bytesMax?: number;
}

const BYTES_MAX = 64 * 1024 * 1024;
/** They hold credentials. */
const NEVER_RECORDED = new Set(['iam_token', 'ecs_metadata']);
const HEADERS = /^(?:date|retry-after|x-apig-ratelimit-[a-z-]{1,32})$/;

/** Keeps masked answers, line by line. */
export class Recorder {
  readonly #options: RecorderOptions;
  #left: number;
  #isFull = false;

  constructor(config: Pick<Config, 'projects' | 'collection' | 'alerting'>, options: RecorderOptions) {
    this.#options = options;
    this.#left = options.bytesMax ?? BYTES_MAX;
    const head: RecordingHead = {
      recording: 1,
      version: options.version,
      at: options.clock(),
      startedAt: options.startedAt,
      settings: settingsOf(config),
      projects: config.projects.map((project) => recordedProject(project, options.mask)),
    };
    this.#write(head);
  }

  note(project: string, call: AnsweredCall, answer: HttpAnswer): void {
    if (this.#isFull || NEVER_RECORDED.has(call.operation)) return;
    this.#write(masked(project, call, answer, this.#options));
  }

  #write(value: RecordingHead | RecordedExchange): void {
    const line = Buffer.from(`${JSON.stringify(value)}\n`);
    if (line.length > this.#left) {
      this.#isFull = true;
      this.#options.log.warn('the recording is full; what follows is not in it');
      return;
    }
    this.#left -= line.length;
    try {
      this.#options.write(line);
    } catch (error) {
      this.#isFull = true;
      this.#options.log.warn('the recording ends here', { error });
    }
  }
}

function settingsOf({ collection, alerting }: Pick<Config, 'collection' | 'alerting'>): RecordedSettings {
  const { schedule, minInterval, window, lookback, overlap } = collection;
  return { schedule, minInterval, window, lookback, overlap, interval: alerting.interval };
}

function recordedProject(project: ProjectConfig, mask: Mask): RecordedProject {
  const { name, region, poolEvents, api, targets, discovery } = project;
  return {
    name: mask.id(name),
    region: mask.parameter('region', region),
    poolEvents,
    language: api.language,
    targets: perKind((kind) =>
      targets[kind].map((target) => ({
        id: mask.id(target.id),
        ...(target.name === undefined ? {} : { name: mask.id(target.name) }),
      })),
    ),
    discovered: KIND_NAMES.filter((kind) => discovery[kind].enabled).map((kind) => {
      const { refresh, createdWithin } = discovery[kind];
      return { kind, refresh, createdWithin };
    }),
    extras: perKind((kind) => [
      ...new Set([...discovery[kind].extras, ...targets[kind].flatMap((target) => target.extras)]),
    ]),
  };
}

function masked(
  project: string,
  { operation, method, url, body, language }: AnsweredCall,
  { status, headers, text }: HttpAnswer,
  { mask, clock }: RecorderOptions,
): RecordedExchange {
  const segments = url.pathname.split('/').filter((segment) => segment !== '');
  return {
    at: clock(),
    project: mask.id(project),
    operation,
    method,
    path: operation.startsWith('iam_') ? segments : mask.path(belowVersion(segments)),
    query: Object.fromEntries(
      [...url.searchParams].map(([name, value]) => [name, mask.parameter(name, value)]),
    ),
    ...(body === undefined ? {} : { body: mask.question(JSON.parse(body)) }),
    ...(language === undefined ? {} : { language: mask.parameter('language', language) }),
    status,
    headers: Object.fromEntries(
      Object.entries(headers).filter(
        (header): header is [string, string] => HEADERS.test(header[0]) && typeof header[1] === 'string',
      ),
    ),
    ...content(text, mask),
  };
}

/** An endpoint may be below a path of its own. */
function belowVersion(segments: readonly string[]): readonly string[] {
  const at = segments.findIndex((segment) => /^v\d$/.test(segment));
  return segments.slice(Math.max(0, at)).map(decodeURIComponent);
}

function content(text: string, mask: Mask): Pick<RecordedExchange, 'json' | 'text'> {
  try {
    return { json: mask.answer(JSON.parse(text)) };
  } catch {
    // No JSON, or nested too deeply to be walked through.
    return { text: mask.text(text.slice(0, TEXT_MAX)) };
  }
}

/** What is no JSON is an error anyway, and its beginning says which. */
const TEXT_MAX = 2_000;
