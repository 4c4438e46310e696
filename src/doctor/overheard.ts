import type { ApiObserver, Operation } from '../modelarts/api.ts';
import type { HttpAnswer } from '../modelarts/error-answer.ts';
import type { AnsweredCall } from '../modelarts/http-exchange.ts';
import { at, parseJson } from '../modelarts/parse-body.ts';

/** What the answers of one project tell beside what was asked for. */
export class Overheard implements ApiObserver {
  /** The API's clock less ours, in seconds, by each answer. */
  readonly skews: number[] = [];
  /** What the gateway says of quotas, by whose they are, such as `user`. */
  readonly quotas = new Map<string, string>();
  /** When the credential that was fetched or shown to IAM ends, as the server wrote it. */
  expiresAt: string | undefined;
  /** Requests that were answered, those to IAM too. */
  answers = 0;

  onResponse(_operation: Operation, code: number | 'error'): void {
    if (code !== 'error') this.answers += 1;
  }

  onClockSkew(seconds: number): void {
    this.skews.push(seconds);
  }

  onAnswer({ operation }: AnsweredCall, { headers, text }: HttpAnswer): void {
    for (const [name, value] of Object.entries(headers)) {
      const whose = /^x-apig-ratelimit-([a-z-]{1,32})$/.exec(name)?.[1];
      if (whose !== undefined && typeof value === 'string') this.quotas.set(whose, value);
    }
    if (operation !== 'iam_token' && operation !== 'ecs_metadata') return;
    const body = parseJson(text);
    const end = at(body, 'token', 'expires_at') ?? at(body, 'credential', 'expires_at');
    if (typeof end === 'string' && !Number.isNaN(Date.parse(end))) this.expiresAt = end;
  }
}
