import { createHmac, randomBytes } from 'node:crypto';
import { compare } from 'bcryptjs';

/** Passwords that are known to be wrong are remembered up to this number. */
const WRONG_MAX = 100;
/** Requests that may wait for a comparison; a comparison takes some 50 ms of a core. */
const WAITING_MAX = 50;

/** Tells whether a password has a hash. */
type Compare = (password: string, hash: string) => Promise<boolean>;

export type Verdict = 'admitted' | 'refused' | 'busy';

/**
 * Checks passwords against bcrypt hashes. A comparison is made once per user and password, one at a
 * time, so that scrapes are cheap and guessing is slow. An unknown user costs as much as a known one.
 */
export class BasicAuth {
  readonly #users: ReadonlyMap<string, string>;
  readonly #matches: Compare;
  /** Compared in place of a user's hash where there is no such user. */
  readonly #decoy: string;
  readonly #digestKey = randomBytes(32);
  /** Digest of the right password by user. */
  readonly #right = new Map<string, string>();
  readonly #wrong = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** @param users bcrypt hashes by user name */
  constructor(users: ReadonlyMap<string, string>, matches: Compare = compare) {
    this.#users = users;
    this.#matches = matches;
    const cost =
      [...users.values()]
        .map((hash) => hash.slice(4, 6))
        .sort()
        .at(-1) ?? '10';
    this.#decoy = `$2b$${cost}$${'.'.repeat(53)}`;
  }

  /** @param header the Authorization header */
  async check(header: string | undefined): Promise<Verdict> {
    const credentials = /^basic +([\w+/-]+={0,2}) *$/i.exec(header ?? '')?.[1];
    if (credentials === undefined) return 'refused';
    const text = Buffer.from(credentials, 'base64').toString();
    const colon = text.indexOf(':');
    if (colon < 0) return 'refused';
    const user = text.slice(0, colon);
    const digest = createHmac('sha256', this.#digestKey).update(text).digest('base64');
    if (this.#right.get(user) === digest) return 'admitted';
    if (this.#wrong.has(digest)) return 'refused';
    if (this.#waiting >= WAITING_MAX) return 'busy';
    return (await this.#compare(user, text.slice(colon + 1), digest)) ? 'admitted' : 'refused';
  }

  async #compare(user: string, password: string, digest: string): Promise<boolean> {
    const hash = this.#users.get(user);
    const comparison = this.#last.then(() => this.#matches(password, hash ?? this.#decoy));
    this.#last = comparison.catch(() => {});
    this.#waiting += 1;
    try {
      const admitted = (await comparison) && hash !== undefined;
      if (admitted) this.#right.set(user, digest);
      else this.#rememberWrong(digest);
      return admitted;
    } finally {
      this.#waiting -= 1;
    }
  }

  #rememberWrong(digest: string): void {
    for (const oldest of this.#wrong) {
      if (this.#wrong.size < WRONG_MAX) break;
      this.#wrong.delete(oldest);
    }
    this.#wrong.add(digest);
  }
}
