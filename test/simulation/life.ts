import type { Disk, OpenFile } from '../../src/disk.ts';
import type { Timers } from '../../src/timers.ts';

/**
 * One run of a program, from its start until it ends or is killed. What it awaits when it is killed never comes; what
 * it awaits while it is stopped (SIGSTOP) comes when it goes on.
 */
export class Life {
  #isOver = false;
  /** What came while it was stopped. */
  #held: (() => void)[] | undefined;
  #pending = 0;

  get isOver(): boolean {
    return this.#isOver;
  }

  /** What it still waits for. */
  get pending(): number {
    return this.#pending;
  }

  end(): void {
    this.#isOver = true;
  }

  hang(): void {
    this.#held ??= [];
  }

  goOn(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const settle of held) settle();
  }

  /** Hands on what comes of the work, unless life is over by then. */
  await<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isOver) return new Promise(() => {});
    this.#pending += 1;
    return this.handOn(work, () => {
      this.#pending -= 1;
    });
  }

  /** The same for what is not up to the program, which may end before: nobody counts it. */
  handOn<T>(work: () => Promise<T>, onSettled = () => {}): Promise<T> {
    if (this.#isOver) return new Promise(() => {});
    return new Promise((resolve, reject) => {
      const hand = (settle: () => void) => {
        onSettled();
        if (!this.#isOver) settle();
      };
      const settled = (settle: () => void) => {
        if (this.#held === undefined) hand(settle);
        else this.#held.push(() => hand(settle));
      };
      work().then(
        (value) => settled(() => resolve(value)),
        (error: unknown) => settled(() => reject(error)),
      );
    });
  }

  timers({ now, sleep }: Timers): Timers {
    return { now, sleep: (duration, signal) => this.await(() => sleep(duration, signal)) };
  }

  /** The same disk, of which a program that was killed asks nothing more. */
  disk(disk: Disk): Disk {
    const file = (open: OpenFile): OpenFile => ({
      write: (bytes, offset) => this.await(() => open.write(bytes, offset)),
      sync: () => this.await(() => open.sync()),
      close: () => this.await(() => open.close()),
    });
    return {
      readFile: (path) => this.await(() => disk.readFile(path)),
      open: (path, flags, mode) => this.await(() => disk.open(path, flags, mode).then(file)),
      rename: (from, to) => this.await(() => disk.rename(from, to)),
      remove: (path) => this.await(() => disk.remove(path)),
      mkdir: (path, mode) => this.await(() => disk.mkdir(path, mode)),
      stat: (path) => this.await(() => disk.stat(path)),
      lstat: (path) => this.await(() => disk.lstat(path)),
      realpath: (path) => this.await(() => disk.realpath(path)),
    };
  }
}
