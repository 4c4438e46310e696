import { z } from 'zod';
import { filePath, printable, SECRET } from './scalars.ts';

type Keys<N extends string, V> = Readonly<Record<N | `${N}_file`, V>>;

/** A secret given in the configuration, or the file that holds it (read again when the file changes). */
export type SecretSource = { readonly value: string } | { readonly file: string };

/**
 * The two keys by which a secret may be given.
 * @param content what the file holds
 */
export function secretKeys<N extends string>(name: N, meaning: string, content: string) {
  // Line breaks at its end come from files and block scalars.
  const trimmed = printable(z.string().overwrite((text) => text.replace(/[\r\n]+$/, '')));
  const secret: z.ZodType<string, string> = z.codec(trimmed.min(1), z.string(), {
    decode: (text) => text,
    encode: () => SECRET,
  });
  const file: z.ZodType<string, string> = filePath().min(1);
  return {
    [name]: secret.optional().describe(meaning),
    [`${name}_file`]: file.optional().describe(`File that holds the ${content}; read again when it changes.`),
  } as Keys<N, z.ZodOptional<typeof secret>>;
}

/** Refuses every secret that is given both itself and by file. */
export function rejectTwins(
  values: Readonly<Record<string, unknown>>,
  context: Pick<z.core.$RefinementCtx, 'addIssue'>,
): void {
  for (const name of Object.keys(values)) {
    const file = `${name}_file`;
    if (values[name] === undefined || values[file] === undefined) continue;
    context.addIssue({ code: 'custom', path: [file], message: `give either ${name} or ${file}, not both` });
  }
}

/** Where a secret comes from; undefined where it is not given. */
export function sourceOf<N extends string>(
  values: Partial<Keys<N, string | undefined>>,
  name: N,
): SecretSource | undefined {
  const value = values[name];
  const file = values[`${name}_file`];
  if (value !== undefined) return { value };
  return file === undefined ? undefined : { file };
}
