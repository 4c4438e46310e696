import { createHmac, randomBytes } from 'node:crypto';
import { compare } from 'bcryptjs';

/** How many wrong passwords are remembered. */
const WRONG_MAX = 100;
/** How many requests may wait for a comparison. With the usual bcrypt cost of 10, one takes about 50 ms of CPU time. */
const WAITING_MAX = 50;

/** Tells whether the hash is that of the password. */
type Compare = (password: string, hash: string) => Promise<boolean>;

export type Verdict = 'admitted' | 'refused' | 'busy';

/**
 * Checks passwords against bcrypt hashes. Each password is compared once and then remembered, so that scrapes are
 * cheap. One password is compared at a time, so that guessing is slow. The check of an unknown user takes as long as
 * that of a known one, so that nobody can find out who is a user.
 */
export class BasicAuth {
  readonly #users: ReadonlyMap<string, string>;
  readonly #matches: Compare;
  /** The password of an unknown user is compared with this hash. No password has it. */
  readonly #decoy: string;
  readonly #digestKey = randomBytes(32);
  /** Digests of the right passwords, by user. */
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

  /** @param header the value of the Authorization header */
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
