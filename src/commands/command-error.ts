/** A command that cannot do its work. The message is all that the user needs to see. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A configuration that cannot be used. The message is one line, which begins with the place of the first problem. */
export class ConfigurationError extends CommandError {
  constructor([first = '', ...others]: readonly string[], exitCode: 1 | 2) {
    super(others.length === 0 ? first : `${first} (and ${others.length} more)`, exitCode);
  }
}
