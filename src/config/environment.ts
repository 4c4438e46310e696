/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

export type Expansion =
  | { readonly ok: true; readonly text: string /** A variable took part. */; readonly expanded: boolean }
  | { readonly ok: false; readonly message: string };

const REFERENCE = /\$(?:\$|\{([^}]*)(\}?))/g;
const VARIABLE = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/**
 * Replaces `${NAME}`, `${NAME:-default}` (used when NAME is unset or empty, as in a shell) and `$$`.
 * Any other `$` stands for itself, so that regular expressions need no escape.
 */
export function expandEnvironment(text: string, env: Environment): Expansion {
  let message: string | undefined;
  let expanded = false;
  const result = text.replace(REFERENCE, (whole: string, inner: string | undefined, close: string) => {
    if (inner === undefined) return '$';
    const [, name, fallback] = (close && VARIABLE.exec(inner)) || [];
    if (name === undefined) {
      message ??= 'not a reference to an environment variable: a plain $ before { is written $$';
      return whole;
    }
    expanded = true;
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (fallback !== undefined) return value || fallback;
    if (value === undefined) message ??= `environment variable ${name} is not set`;
    return value ?? '';
  });
  return message === undefined ? { ok: true, text: result, expanded } : { ok: false, message };
}
