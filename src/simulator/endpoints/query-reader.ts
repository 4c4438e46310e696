import { type Answer, Refusal } from '../answer.ts';

/** Reads query parameters strictly: a value that the API's documents do not allow ends the call. */
export class QueryReader {
  readonly #query: URLSearchParams;
  readonly #refusal: Answer;

  constructor(query: URLSearchParams, refusal: Answer) {
    this.#query = query;
    this.#refusal = refusal;
  }

  refuse(): never {
    throw new Refusal(this.#refusal);
  }

  /** A parameter that is left blank counts as left out. */
  text(name: string): string | undefined {
    const value = this.#query.get(name);
    return value === null || value === '' ? undefined : value;
  }

  integer(name: string, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!/^-?\d+$/.test(text) || value < min || value > max) this.refuse();
    return value;
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    return allowed.find((value) => value === text) ?? this.refuse();
  }
}
