import type { Logger } from '../log.ts';
import { type Timers, within } from '../timers.ts';
import type { LineSink } from './line-sink.ts';

/** Waiting lines take at most so much memory while the destination takes none. */
const PENDING_BYTES_MAX = 64 * 1024 * 1024;
const WRITE_BYTES_MAX = 64 * 1024;
/** Milliseconds that a flush waits for a destination that takes nothing, such as a pipe that nobody reads. */
const FLUSH_WAIT_MAX = 1_000;
const RETRY_AFTER = 1_000;

/**
 * Appends lines in order and each once. Appending never waits; `flush` does for a moment, and whoever counts on a
 * line being written, such as the state that says it was, awaits it. While the destination fails, lines
 * wait in memory and are tried again; those that no longer fit are counted and lost.
 */
export class EventLog {
  readonly #sink: LineSink;
  readonly #timers: Pick<Timers, 'sleep'>;
  readonly #log: Logger;
  readonly #lines: Buffer[] = [];
  #pendingBytes = 0;
  /** Bytes of the first line that are written. */
  #written = 0;
  #lost = 0;
  /** Those of them that no log line told yet. */
  #lostUntold = 0;
  /** A flush waited in vain, and nothing was taken since: the next one does not wait. */
  #isStuck = false;
  readonly #closing = new AbortController();
  #reopening = false;
  #running: Promise<void> | undefined;
  #lastTrouble: string | undefined;

  constructor(sink: LineSink, timers: Pick<Timers, 'sleep'>, log: Logger) {
    this.#sink = sink;
    this.#timers = timers;
    this.#log = log;
  }

  append(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    if (this.#pendingBytes + bytes.length > PENDING_BYTES_MAX) {
      this.#lost += 1;
      this.#lostUntold += 1;
      return;
    }
    this.#lines.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#start();
  }

  /** Lines that wait to be written. */
  get pending(): number {
    return this.#lines.length;
  }

  /** Lines that did not fit in memory while the destination took none. */
  get lost(): number {
    return this.#lost;
  }

  /**
   * Waits until what was appended is written, or can't be, though no longer than a second.
   * @returns whether all is written
   */
  async flush(): Promise<boolean> {
    const drained = this.#start();
    if (!this.#isStuck && !(await this.#isOverSoon(drained))) {
      this.#isStuck = true;
      this.#report('nobody takes its lines');
    }
    return this.#lines.length === 0;
  }

  /** Goes on in a new file of the same name, for log rotation. No line is torn by it. */
  reopen(): void {
    this.#reopening = true;
    this.#start();
  }

  /** Flushes and closes. What could not be written by then is counted in the log. */
  async close(): Promise<void> {
    this.#closing.abort();
    if (!(await this.flush())) {
      this.#log.error('the event log ends without its last lines', {
        lines: this.#lines.length + this.#lost,
      });
    }
    await this.#isOverSoon(this.#sink.release().catch((error: unknown) => this.#failed(error)));
  }

  #start(): Promise<void> {
    this.#running ??= this.#drain();
    return this.#running;
  }

  async #drain(): Promise<void> {
    // A moment later, so that lines appended together are written together.
    await Promise.resolve();
    try {
      while (this.#lines.length > 0 || this.#reopening) {
        if (this.#reopening) {
          this.#reopening = false;
          // Whether or not the old file can be closed, the new one begins with a whole line.
          this.#written = 0;
          await this.#sink.release();
        }
        if (this.#lines.length > 0) this.#taken(await this.#sink.write(this.#nextBytes()));
        this.#isStuck = false;
      }
      this.#report(undefined);
    } catch (error) {
      this.#failed(error);
      this.#timers.sleep(RETRY_AFTER, this.#closing.signal).then(
        () => this.#start(),
        () => {},
      );
    } finally {
      this.#running = undefined;
    }
  }

  #nextBytes(): Buffer {
    const chunk: Buffer[] = [];
    let size = 0;
    for (const line of this.#lines) {
      if (size > 0 && size + line.length > WRITE_BYTES_MAX) break;
      chunk.push(line);
      size += line.length;
    }
    return Buffer.concat(chunk).subarray(this.#written);
  }

  #taken(bytes: number): void {
    this.#written += bytes;
    let lines = 0;
    for (const line of this.#lines) {
      if (this.#written < line.length) break;
      this.#written -= line.length;
      this.#pendingBytes -= line.length;
      lines += 1;
    }
    this.#lines.splice(0, lines);
  }

  #failed(error: unknown): void {
    this.#report(error instanceof Error ? error.message : 'unknown error');
  }

  /** One log line per change of how it goes. */
  #report(trouble: string | undefined): void {
    if (trouble !== undefined && trouble !== this.#lastTrouble) {
      this.#log.error('writing the event log failed', { error: trouble });
    } else if (trouble === undefined && (this.#lastTrouble !== undefined || this.#lostUntold > 0)) {
      this.#log.info('writing the event log works again', { lost: this.#lostUntold });
      this.#lostUntold = 0;
    }
    this.#lastTrouble = trouble;
  }

  /** Waits for something, a second at most, and says whether it was over by then. */
  async #isOverSoon(work: Promise<void>): Promise<boolean> {
    const over = work.then(() => true);
    return (await within(over, FLUSH_WAIT_MAX, this.#timers)) ?? false;
  }
}
