import type { KindName } from '../kind-table.ts';
import { isObject } from '../kinds/decode.ts';

/** The first line of a recording: when and of what it was made. */
export interface RecordingHead {
  /** Version of the format. */
  readonly recording: 1;
  /** Of the exporter. */
  readonly version: string;
  /** Unix milliseconds. */
  readonly at: number;
  /** Since when the exporter counted events. Unix milliseconds. */
  readonly startedAt: number;
  readonly settings: RecordedSettings;
  readonly projects: readonly RecordedProject[];
}

/** What of the configuration decides when requests are sent. Durations are milliseconds. */
export interface RecordedSettings {
  readonly schedule: string;
  readonly minInterval: number;
  readonly window: number;
  readonly lookback: number;
  readonly overlap: number;
  /** Of the alerts. */
  readonly interval: number;
}

/** What of a project decides which requests are sent. Ids and names are masked. */
export interface RecordedProject {
  readonly name: string;
  readonly region: string;
  readonly poolEvents: string;
  readonly language: string;
  readonly targets: Readonly<Record<KindName, readonly { readonly id: string; readonly name?: string }[]>>;
  readonly discovered: readonly {
    readonly kind: KindName;
    /** Milliseconds. */
    readonly refresh: number;
    /** Milliseconds; 0 where the kind has no such setting. */
    readonly createdWithin: number;
  }[];
  /** What is read beside, of what discovery finds and of what is configured. */
  readonly extras?: Readonly<Partial<Record<KindName, readonly string[]>>>;
}

/** A request and its answer, masked: a line of a recording. */
export interface RecordedExchange {
  /** When the answer came. Unix milliseconds. */
  readonly at: number;
  readonly project: string;
  readonly operation: string;
  readonly method: string;
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Of the header X-Language. */
  readonly language?: string;
  readonly status: number;
  /** Those that mean something to the exporter, by lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of the answer: JSON, or else a text. */
  readonly json?: unknown;
  readonly text?: string;
}

export interface Recording {
  readonly head: RecordingHead;
  readonly exchanges: readonly RecordedExchange[];
}

/** A file that is no recording. */
export class NoRecordingError extends Error {
  override readonly name = 'NoRecordingError';
}

/**
 * Reads a recording. A last line that a crash left torn is left out.
 * @throws NoRecordingError that tells the line
 */
export function parseRecording(text: string): Recording {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const values = lines.map((line, index) => {
    try {
      return JSON.parse(line) as unknown;
    } catch {
      if (index > 0 && index === lines.length - 1) return undefined;
      throw new NoRecordingError(`line ${index + 1} is not JSON`);
    }
  });
  const [head, ...rest] = values;
  if (!isHead(head)) throw new NoRecordingError('line 1 is not the beginning of a recording');
  const exchanges = rest.filter((value) => value !== undefined);
  const bad = exchanges.findIndex((value) => !isExchange(value));
  if (bad >= 0) throw new NoRecordingError(`line ${bad + 2} holds no recorded answer`);
  return { head, exchanges: exchanges as RecordedExchange[] };
}

function isHead(value: unknown): value is RecordingHead {
  const { recording, at, startedAt, settings, projects } = (value ?? {}) as Partial<RecordingHead>;
  return (
    recording === 1 &&
    Number.isFinite(at) &&
    Number.isFinite(startedAt) &&
    isObject(settings) &&
    Array.isArray(projects) &&
    projects.every(isProject)
  );
}

function isProject(value: unknown): boolean {
  const { name, region, targets, discovered } = (value ?? {}) as Partial<RecordedProject>;
  return (
    typeof name === 'string' && typeof region === 'string' && isObject(targets) && Array.isArray(discovered)
  );
}

function isExchange(value: unknown): value is RecordedExchange {
  const { at, project, method, path, query, status, headers } = (value ?? {}) as Partial<RecordedExchange>;
  return (
    Number.isFinite(at) &&
    typeof project === 'string' &&
    typeof method === 'string' &&
    Array.isArray(path) &&
    path.every((segment) => typeof segment === 'string') &&
    isObject(query) &&
    Number.isInteger(status) &&
    isObject(headers)
  );
}
