/** `min_interval` as the code spells it: `minInterval`. */
type Camel<K> = K extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : K;

/** What stands under the keys of the file, under keys as the code spells them. */
export type CamelKeys<T> = T extends RegExp
  ? T
  : T extends readonly (infer Item)[]
    ? readonly CamelKeys<Item>[]
    : T extends object
      ? { readonly [K in keyof T as Camel<K>]: CamelKeys<T[K]> }
      : T;

/** Renames the keys of every mapping in a value. */
export function camelKeys<T>(value: T): CamelKeys<T> {
  const camel = (key: string) => key.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  return mapEntries(value, (key, inner) => [camel(key), inner]) as CamelKeys<T>;
}

/**
 * Changes the entries of every mapping in a value, the inner ones first. Labels of alerts stay as they are:
 * their names are the user's.
 */
export function mapEntries(
  value: unknown,
  change: (key: string, value: unknown) => readonly [string, unknown],
): unknown {
  if (Array.isArray(value)) return value.map((item) => mapEntries(item, change));
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      key === 'labels' ? [key, inner] : change(key, mapEntries(inner, change)),
    ),
  );
}
