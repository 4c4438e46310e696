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

/** What zod's own definitions of optional, pipe, object and array have in common. */
interface Definition {
  readonly innerType?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly element?: z.core.$ZodType;
}
