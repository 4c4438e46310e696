import { CredentialStore } from '../../src/simulator/access/credentials.ts';
import { Iam } from '../../src/simulator/access/iam.ts';
import type { Answer } from '../../src/simulator/answer.ts';
import type { Cloud } from '../../src/simulator/cloud.ts';
import type { Shape } from './shape.ts';

/** Parts of all secrets, by which one is found where none may be. */
export const SECRETS: readonly string[] = ['nobody-may-read-this', 'MIIsimulated'];

const USER = { name: 'exporter', domain: 'acme' };
/** Milliseconds that a token of IAM lives. */
const TOKEN_LIFETIME = 3_600_000;

/** Who may ask the cloud: whoever has the key, which is a token or the password of a user, to whom IAM gives tokens. */
export class Identity {
  readonly #kind: Shape['auth'];
  readonly #issued = new CredentialStore({});
  readonly #iam: Iam;
  #keys = 1;

  constructor(cloud: Cloud, kind: Shape['auth']) {
    this.#kind = kind;
    this.#iam = new Iam(cloud, this.#issued, { tokenLifetime: TOKEN_LIFETIME });
  }

  /** The key that holds now, as the configuration of a project has it. */
  get auth(): Readonly<Record<string, string>> {
    const key = `${SECRETS[0]}-${this.#keys}`;
    return this.#kind === 'token'
      ? { token: key }
      : { username: USER.name, domain: USER.domain, password: key };
  }

  /** Another key holds from now on, and no token that was issued before. */
  rotate(): void {
    this.#keys += 1;
    this.revoke();
  }

  /** No token holds that IAM has issued. */
  revoke(): void {
    this.#issued.tokens = [];
  }

  /** @param now Unix milliseconds */
  accepts(secrets: readonly string[], project: string, now: number): boolean {
    const { token } = this.auth;
    if (token !== undefined) return secrets.includes(token);
    return this.#issued.tokens.some(
      ({ token: issued, projectId, expiresAt = Number.POSITIVE_INFINITY }) =>
        secrets.includes(issued) && projectId === project && expiresAt > now,
    );
  }

  /** What IAM answers to who asks for a token. */
  issueToken(body: string, query: URLSearchParams, now: number): Answer {
    const { password = '' } = this.auth;
    this.#issued.users = [{ ...USER, password }];
    return this.#iam.issueToken(Buffer.from(body), query, now);
  }
}
