import type { z } from 'zod';

/** The keys that a mapping at a path of the schema may have; none where it is no mapping with fixed keys. */
export function knownKeys(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  const [step, ...rest] = path;
  const { def } = schema._zod as { readonly def: Definition };
  const inner = def.innerType ?? def.in;
  if (inner !== undefined) return knownKeys(inner, path);
  if (def.shape !== undefined) {
    if (step === undefined) return Object.keys(def.shape);
    const next = def.shape[String(step)];
    return next === undefined ? [] : knownKeys(next, rest);
  }
  return def.element !== undefined && step !== undefined ? knownKeys(def.element, rest) : [];
}

/** Every key that a mapping of the schema may have, wherever. */
export function everyKey(schema: z.core.$ZodType): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (each: z.core.$ZodType | undefined) => {
    if (each === undefined) return;
    const { innerType, in: input, shape = {}, element } = each._zod.def as Definition;
    for (const inner of [innerType, input, element]) add(inner);
    for (const [key, inner] of Object.entries(shape)) {
      found.add(key);
      add(inner);
    }
  };
  add(schema);
  return found;
}

/** What zod's own definitions of optional, pipe, object and array have in common. */
interface Definition {
  readonly innerType?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly element?: z.core.$ZodType;
}
