import type { Operation } from '../../src/modelarts/api.ts';
import type { Arrival } from '../../src/simulator/gateway.ts';

/** A request as the simulator saw it. */
export interface LoggedRequest {
  /** Unix milliseconds of the simulator's clock. */
  readonly at: number;
  readonly operation: Operation | undefined;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Without those that carry secrets. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly authentication: 'token' | 'signature' | 'none';
  /** The body of a job search; nothing else is kept. */
  readonly body: string | undefined;
  /** 0 until, or where no, answer was sent. */
  status: number;
}

const SECRET_HEADERS = ['authorization', 'x-auth-token', 'x-security-token', 'x-metadata-token'];

/** The newest requests, and counts of all. */
export class RequestLog {
  readonly #capacity: number;
  readonly #entries: LoggedRequest[] = [];
  readonly #counts = new Map<Operation | undefined, number>();
  #inFlight = 0;
  #peak = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Oldest first. */
  get entries(): readonly LoggedRequest[] {
    return this.#entries;
  }

  /** The largest number of requests that were in flight at once. */
  get peakInFlight(): number {
    return this.#peak;
  }

  /** How many requests ever came, of one operation or of all. */
  count(operation?: Operation): number {
    if (operation !== undefined) return this.#counts.get(operation) ?? 0;
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  of(operation: Operation): readonly LoggedRequest[] {
    return this.#entries.filter((entry) => entry.operation === operation);
  }

  clear(): void {
    this.#entries.length = 0;
    this.#counts.clear();
    this.#peak = this.#inFlight;
  }

  /** Notes a request's begin; what it returns is to be called at its end. */
  begin(arrival: Arrival, operation: Operation | undefined): (status: number) => void {
    const { headers } = arrival;
    const entry: LoggedRequest = {
      at: arrival.now,
      operation,
      method: arrival.method,
      path: arrival.url.split('?', 1)[0] ?? '',
      query: Object.fromEntries(arrival.query),
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !SECRET_HEADERS.includes(name))),
      authentication:
        headers['authorization'] !== undefined ? 'signature' : headers['x-auth-token'] ? 'token' : 'none',
      body: operation === 'list_training_jobs' ? arrival.body.toString('utf8') : undefined,
      status: 0,
    };
    this.#entries.push(entry);
    if (this.#entries.length > this.#capacity) this.#entries.shift();
    this.#counts.set(entry.operation, (this.#counts.get(entry.operation) ?? 0) + 1);
    this.#peak = Math.max(this.#peak, ++this.#inFlight);
    return (status) => {
      entry.status = status;
      this.#inFlight--;
    };
  }
}
