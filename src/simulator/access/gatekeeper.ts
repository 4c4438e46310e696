import { type Answer, gatewayError, modelArtsError } from '../answer.ts';
import type { Dialect } from '../dialect.ts';
import { parseSdkDate, sdkDate, utcSeconds } from '../wire-time.ts';
import type { AccessKey, CredentialStore } from './credentials.ts';
import { Lockout } from './lockout.ts';
import {
  canonicalRequest,
  parseAuthorization,
  type SignatureHeader,
  type SignedRequest,
  sameSignature,
  signatureOf,
} from './signature.ts';

const ALLOWED_SKEW = 15 * 60_000;
const LOCK_AFTER = 5;
const LOCK_PERIOD = 5 * 60_000;

export interface Knock extends SignedRequest {
  /** The project in the path, where there is one. */
  readonly projectId: string | undefined;
  readonly requestId: string;
  readonly now: number;
  readonly dialect: Dialect;
}

/** Checks `X-Auth-Token` and SDK-HMAC-SHA256 signatures as the API gateway does. */
export class Gatekeeper {
  readonly #store: CredentialStore;
  readonly #lockout = new Lockout(LOCK_AFTER, LOCK_PERIOD);

  constructor(store: CredentialStore) {
    this.#store = store;
  }

  /** The refusal, or undefined where the request may pass. */
  check(knock: Knock): Answer | undefined {
    const authorization = knock.headers['authorization'];
    if (authorization !== undefined) return this.#checkSignature(knock, authorization);
    const token = knock.headers['x-auth-token'];
    return token === undefined
      ? unauthorized(knock, 'x-auth-token not found')
      : this.#checkToken(knock, token);
  }

  #checkToken(knock: Knock, value: string): Answer | undefined {
    const token = this.#store.tokens.find((each) => each.token === value);
    if (token === undefined) return unauthorized(knock, 'decrypt token fail');
    if (token.expiresAt !== undefined && token.expiresAt <= knock.now) {
      return unauthorized(knock, `token expires, expires_at: ${utcSeconds(token.expiresAt)}`);
    }
    return checkScope(knock, token.projectId);
  }

  #checkSignature(knock: Knock, authorization: string): Answer | undefined {
    const header = parseAuthorization(authorization);
    if (header === undefined) return unauthorized(knock, 'authorization format is incorrect');
    const { accessKey } = header;
    if (this.#lockout.locked(accessKey, knock.now)) {
      return unauthorized(knock, 'AK access failed to reach the limit,forbidden');
    }
    const key = this.#store.accessKeys.find((each) => each.accessKey === accessKey);
    if (key === undefined) {
      return unauthorized(knock, `Get secretKey failed,ak:${accessKey},err:ak not exist`);
    }
    const problem = signatureProblem(knock, header, key);
    if (problem !== undefined) {
      this.#lockout.fail(accessKey, knock.now);
      return unauthorized(knock, problem);
    }
    this.#lockout.succeed(accessKey);
    return checkScope(knock, key.projectId);
  }
}

function signatureProblem(knock: Knock, header: SignatureHeader, key: AccessKey): string | undefined {
  const date = knock.headers['x-sdk-date'] ?? '';
  if (!(Math.abs(parseSdkDate(date) - knock.now) <= ALLOWED_SKEW)) {
    return `signature expired, signature time:${date},server time:${sdkDate(knock.now)}`;
  }
  const canonical = canonicalRequest(knock, header.signedHeaders);
  const complete = header.signedHeaders.includes('x-sdk-date');
  if (!complete || !sameSignature(signatureOf(canonical, date, key.secretKey), header.signature)) {
    return `verify aksk signature fail, canonicalRequest:${canonical.replaceAll('\n', '|')}`;
  }
  if (key.securityToken !== knock.headers['x-security-token']) return 'decrypt securitytoken fail';
  if (key.expiresAt !== undefined && key.expiresAt <= knock.now) {
    return `securitytoken expires, expires_at: ${utcSeconds(key.expiresAt)}`;
  }
  return undefined;
}

function unauthorized({ requestId, dialect }: Knock, detail: string): Answer {
  const message = `Incorrect IAM authentication information: ${detail}`;
  return gatewayError(401, '0301', message, requestId, dialect);
}

function checkScope(knock: Knock, projectId: string | undefined): Answer | undefined {
  if (projectId === undefined || knock.projectId === undefined || projectId === knock.projectId) {
    return undefined;
  }
  return modelArtsError(403, '0210', 'The project ID in the URL does not match that of the token.');
}
