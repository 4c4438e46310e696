/** Something wrong in a configuration file, where it is. */
export interface Problem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Such as `projects[0].auth.token`; empty for the file as a whole. */
  readonly path: string;
  /** Never contains a value of the file: it could be a secret. */
  readonly message: string;
}

/** The problem on one line: `FILE:LINE:COLUMN: path: problem`. */
export function formatProblem({ file, line, column, path, message }: Problem): string {
  return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
}

/** Puts problems in the order of the file. */
export function inFileOrder(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
}

/**
 * Keys and indexes as one reads them: `projects[0].name`; unusual keys quoted, so that all stays on one line.
 * A slip turns `secret_key: ${SECRET_KEY:-abc}` into a key, so the default of a reference is not shown.
 */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const key = String(step);
    const name = /^[\w.-]{1,100}$/.test(key)
      ? key
      : JSON.stringify(key.replace(/:-.*/s, ':-…').slice(0, 100));
    return text === '' ? name : `${text}.${name}`;
  }, '');
}
