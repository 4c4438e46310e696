import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** What a subject can be asked to do; arguments and results travel as JSON. */
export type Commands = Readonly<Record<string, (argument: never) => unknown>>;

interface Question {
  readonly id: number;
  readonly command: string;
  readonly argument: unknown;
}

interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** In the subject's process: does what it is asked, until the process that asks is gone. */
export function obey(commands: Commands): void {
  process.on('message', async ({ id, command, argument }: Question) => {
    const perform = commands[command] as ((argument: unknown) => unknown) | undefined;
    let reply: Reply;
    try {
      if (perform === undefined) throw new Error(`no command ${command}`);
      reply = { id, result: await perform(argument) };
    } catch (error) {
      reply = { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
    process.send?.(reply);
  });
  process.on('disconnect', () => process.exit());
}

/** A program under measurement, in a process of its own. */
export class Subject {
  readonly #process: ChildProcess;
  readonly #pending = new Map<number, (reply: Reply) => void>();
  #asked = 0;

  /** @param name of a module in `subjects/` */
  constructor(name: string, options: { flags?: readonly string[] } = {}) {
    const module = new URL(`./subjects/${name}.js`, import.meta.url);
    this.#process = fork(module, { execArgv: [...(options.flags ?? [])] });
    this.#process.on('message', (reply: Reply) => this.#pending.get(reply.id)?.(reply));
    this.#process.on('exit', (code) => {
      for (const [id, settle] of this.#pending) settle({ id, error: `${name} ended with code ${code}` });
    });
  }

  async ask<T>(command: string, argument: unknown = null): Promise<T> {
    const id = ++this.#asked;
    const replied = new Promise<Reply>((resolve) => this.#pending.set(id, resolve));
    this.#process.send({ id, command, argument } satisfies Question);
    const { result, error } = await replied;
    this.#pending.delete(id);
    if (error !== undefined) throw new Error(`${command}: ${error}`);
    return result as T;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill('SIGKILL');
    await once(this.#process, 'exit');
  }
}
