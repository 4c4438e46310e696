/**
 * Writes an object as JSON again and again. A member that is the very object it was the last time is not encoded anew,
 * so whoever changes one must replace it.
 */
export class MemberEncoder {
  readonly #last = new Map<string, { readonly value: unknown; readonly json: string }>();

  encode(object: object): string {
    const members: string[] = [];
    for (const [name, value] of Object.entries(object)) {
      if (value === undefined) continue;
      const last = this.#last.get(name);
      const json = last !== undefined && last.value === value ? last.json : JSON.stringify(value);
      this.#last.set(name, { value, json });
      members.push(`${JSON.stringify(name)}:${json}`);
    }
    return `{${members.join(',')}}`;
  }
}
