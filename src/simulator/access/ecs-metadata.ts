import type { Answer } from '../answer.ts';
import { utcMicroseconds } from '../wire-time.ts';
import type { AccessKey, CredentialStore } from './credentials.ts';

export interface EcsMetadataOptions {
  /** `v2` needs a metadata token; on `v1` asking for one is answered with `refusal`. */
  readonly version?: 'v1' | 'v2';
  readonly refusal?: 404 | 405 | 503;
  /** False: the machine has no agency, so there are no keys. */
  readonly agency?: boolean;
  /** Lifetime of issued keys in milliseconds. */
  readonly keyLifetime?: number;
}

/** The metadata service of an ECS machine with an agency. */
export class EcsMetadata {
  readonly #store: CredentialStore;
  readonly #options: Required<EcsMetadataOptions>;
  #issued = 0;
  #tokens = new Map<string, number>();

  constructor(store: CredentialStore, options: EcsMetadataOptions) {
    this.#store = store;
    this.#options = { version: 'v2', refusal: 404, agency: true, keyLifetime: 24 * 3_600_000, ...options };
  }

  /** `PUT /meta-data/latest/api/token` */
  issueToken(headers: Readonly<Record<string, string | undefined>>, now: number): Answer {
    if (this.#options.version === 'v1') return text(this.#options.refusal, '');
    const ttl = Number(headers['x-metadata-token-ttl-seconds']);
    if (!Number.isInteger(ttl) || ttl < 1 || ttl > 21_600) return text(400, 'Bad Request');
    for (const [token, end] of this.#tokens) if (end <= now) this.#tokens.delete(token);
    const token = `metadata-token-${++this.#issued}`;
    this.#tokens.set(token, now + ttl * 1000);
    return text(200, token);
  }

  /** Ends every metadata token at once, as a restart of the service does. */
  revokeTokens(): void {
    this.#tokens = new Map();
  }

  /** `GET /openstack/latest/securitykey` */
  securityKey(headers: Readonly<Record<string, string | undefined>>, now: number): Answer {
    if (this.#options.version === 'v2' && !this.#valid(headers['x-metadata-token'], now)) {
      return text(401, 'Unauthorized');
    }
    if (!this.#options.agency) return text(401, 'Please configure Cloud Service Agency first');
    const key = this.#issueKey(now);
    return {
      status: 200,
      content: {
        json: {
          credential: {
            access: key.accessKey,
            secret: key.secretKey,
            securitytoken: key.securityToken,
            expires_at: utcMicroseconds(key.expiresAt),
          },
        },
      },
    };
  }

  #valid(token: string | undefined, now: number): boolean {
    return token !== undefined && now < (this.#tokens.get(token) ?? Number.NEGATIVE_INFINITY);
  }

  #issueKey(now: number): Required<Omit<AccessKey, 'projectId'>> {
    const serial = String(++this.#issued).padStart(6, '0');
    const key = {
      accessKey: `TEMPACCESSKEY${serial}`,
      secretKey: `temporary-secret-key-${serial}`,
      securityToken: `temporary-security-token-${serial}`,
      expiresAt: now + this.#options.keyLifetime,
    };
    this.#store.prune(now);
    this.#store.accessKeys.push(key);
    return key;
  }
}

function text(status: number, body: string): Answer {
  return { status, headers: { 'Content-Type': 'text/plain' }, content: { text: body } };
}
