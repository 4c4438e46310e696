/** A request that cannot be answered as it stands. The message is the body of the answer. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: 400 | 404;

  constructor(status: 400 | 404, message: string) {
    super(message);
    this.status = status;
  }
}
