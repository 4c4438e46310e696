/** A token for `X-Auth-Token`. Instants are Unix milliseconds. */
export interface Token {
  readonly token: string;
  /** The project it is scoped to; left out: every project. */
  readonly projectId?: string;
  readonly expiresAt?: number;
}

export interface AccessKey {
  readonly accessKey: string;
  readonly secretKey: string;
  /** Set for temporary keys: requests must carry it as `X-Security-Token`. */
  readonly securityToken?: string;
  readonly projectId?: string;
  readonly expiresAt?: number;
}

/** An IAM user, who may ask for tokens. */
export interface User {
  readonly name: string;
  readonly password: string;
  readonly domain: string;
}

/** Who may use the simulated cloud. */
export interface Credentials {
  readonly tokens?: readonly Token[];
  readonly accessKeys?: readonly AccessKey[];
  readonly users?: readonly User[];
}

/** The token a simulator accepts where no credentials are given. */
export const DEFAULT_TOKEN = 'simulator-token';

/** The credentials of a running simulator: those given and those that it issued. */
export class CredentialStore {
  tokens: Token[];
  accessKeys: AccessKey[];
  users: User[];

  constructor({ tokens = [], accessKeys = [], users = [] }: Credentials) {
    this.tokens = [...tokens];
    this.accessKeys = [...accessKeys];
    this.users = [...users];
  }

  /** Forgets issued credentials a day after their end, so that their number stays bounded. */
  prune(now: number): void {
    const kept = ({ expiresAt }: { readonly expiresAt?: number }): boolean =>
      expiresAt === undefined || expiresAt > now - 86_400_000;
    this.tokens = this.tokens.filter(kept);
    this.accessKeys = this.accessKeys.filter(kept);
  }
}
