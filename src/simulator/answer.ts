import type { Dialect } from './dialect.ts';

/** What an endpoint answers: a JSON value, or a text that is sent as it stands. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly content: { readonly json: unknown } | { readonly text: string };
}

/** Ends an endpoint early with an answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`answered ${answer.status}`);
    this.answer = answer;
  }
}

export function ok(json: unknown): Answer {
  return { status: 200, content: { json } };
}

/** An error of ModelArts itself. `code` is what follows `ModelArts.`. */
export function modelArtsError(status: number, code: string, message: string): Answer {
  return { status, content: { json: { error_code: `ModelArts.${code}`, error_msg: message } } };
}

/** An error of the API gateway before ModelArts, such as code `0301`; its body tells the request's id. */
export function gatewayError(
  status: number,
  code: string,
  message: string,
  requestId: string,
  { gateway }: Pick<Dialect, 'gateway'>,
): Answer {
  const error = { error_msg: message, error_code: `${gateway.prefix}.${code}`, request_id: requestId };
  return { status, headers: { Server: 'api-gateway' }, content: { json: error } };
}

/** An error of IAM, nested as IAM nests it. */
export function iamError(status: number, title: string, message: string): Answer {
  return { status, content: { json: { error: { code: status, message, title } } } };
}

/** The content as it is sent. */
export function contentText({ content }: Answer): string {
  return 'text' in content ? content.text : JSON.stringify(content.json);
}
