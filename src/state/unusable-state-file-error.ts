/** The state file is in use by another process, or can never be one; the message says which, and names it. */
export class UnusableStateFileError extends Error {
  override readonly name = 'UnusableStateFileError';
}
