import { createHash } from 'node:crypto';

/** A request that wants to be authenticated. */
interface Unauthenticated {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
  /** The project it is about; IAM has none. */
  readonly projectId?: string | undefined;
}

/** A credential as it is now. */
export interface Credential {
  /** The same for all requests that the cloud accepts or rejects together. */
  readonly id: string;
  /** What no message may repeat. */
  readonly secrets: readonly string[];
  /** The project that the credential is bound to, where it tells. */
  readonly projectId?: string | undefined;
  /** The headers that authenticate this one request; a signature is good for some minutes. */
  headers(request: Unauthenticated): Readonly<Record<string, string>>;
}

/** Where a project's credential comes from. */
export interface Authenticator {
  /** @throws ApiError where there is none to be had */
  credential(): Promise<Credential>;
  /**
   * Replaces a credential that the API answered with 401; absent where only the user can.
   * @throws ApiError
   */
  renew?(rejected: Credential): Promise<Credential>;
}

/** Names a credential without telling it; only ever a key in memory. */
export function fingerprint(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}
