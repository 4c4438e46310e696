import type { Disk, OpenFile } from '../../src/disk.ts';
import type { Timers } from '../../src/timers.ts';

/** One run of a program, from its start until it ends or is killed. What it awaits when it is killed never comes. */
export class Life {
  #isOver = false;

  get isOver(): boolean {
    return this.#isOver;
  }

  end(): void {
    this.#isOver = true;
  }

  /** Hands on what comes of the work, unless life is over by then. */
  await<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isOver) return new Promise(() => {});
    return new Promise((resolve, reject) => {
      work().then(
        (value) => this.#isOver || resolve(value),
        (error: unknown) => this.#isOver || reject(error),
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
