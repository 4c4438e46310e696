import { type Answer, iamError, ok } from '../answer.ts';
import type { Cloud } from '../cloud.ts';
import type { Project } from '../model.ts';
import { utcMicroseconds } from '../wire-time.ts';
import type { CredentialStore } from './credentials.ts';
import { Lockout } from './lockout.ts';

export interface IamOptions {
  /** Lifetime of issued tokens in milliseconds; 24 h in the real service. */
  readonly tokenLifetime?: number;
  /** How long an account is locked after five wrong passwords, in milliseconds. */
  readonly lockPeriod?: number;
}

const LOCK_AFTER = 5;

/** The parts of IAM that lead to a token and a project id. */
export class Iam {
  readonly #cloud: Cloud;
  readonly #store: CredentialStore;
  readonly #tokenLifetime: number;
  readonly #lockout: Lockout;
  #issued = 0;

  constructor(cloud: Cloud, store: CredentialStore, options: IamOptions) {
    this.#cloud = cloud;
    this.#store = store;
    this.#tokenLifetime = options.tokenLifetime ?? 24 * 3_600_000;
    this.#lockout = new Lockout(LOCK_AFTER, options.lockPeriod ?? 15 * 60_000);
  }

  /** `POST /v3/auth/tokens[?nocatalog=...]` */
  issueToken(body: Buffer, query: URLSearchParams, now: number): Answer {
    const asked = parseTokenRequest(body);
    if (asked === undefined) return iamError(400, 'Bad Request', 'The request body is invalid.');
    const account = `${asked.domain}/${asked.name}`;
    const user = this.#store.users.find((each) => each.name === asked.name && each.domain === asked.domain);
    if (user !== undefined && this.#lockout.locked(account, now)) {
      return iamError(401, 'Unauthorized', 'The account is locked.');
    }
    if (user?.password !== asked.password) {
      if (user !== undefined) this.#lockout.fail(account, now);
      return iamError(401, 'Unauthorized', 'The username or password is wrong.');
    }
    this.#lockout.succeed(account);
    const project = this.#cloud.projects.find(({ id, name }) => id === asked.scope || name === asked.scope);
    if (project === undefined) return iamError(400, 'Bad Request', `Project ${asked.scope} not found.`);

    const expiresAt = now + this.#tokenLifetime;
    const token = `MIIsimulated${String(++this.#issued).padStart(6, '0')}`;
    this.#store.prune(now);
    this.#store.tokens.push({ token, projectId: project.id, expiresAt });
    const domain = { id: project.domain_id, name: asked.domain };
    return {
      status: 201,
      headers: { 'X-Subject-Token': token },
      content: {
        json: {
          token: {
            expires_at: utcMicroseconds(expiresAt),
            methods: ['password'],
            ...(query.get('nocatalog') ? {} : { catalog: [] }),
            roles: [{ name: 'modelarts_readonly', id: '0' }],
            project: { domain, id: project.id, name: project.name },
            issued_at: utcMicroseconds(now),
            user: { domain, id: 'u0u0u0u0u0u0u0u0u0u0u0u0u0u0u0u0', name: asked.name },
          },
        },
      },
    };
  }

  /** `GET /v3/auth/tokens` */
  verifyToken(subject: string | undefined): Answer {
    const token = this.#store.tokens.find((each) => each.token === subject);
    if (token === undefined) return iamError(404, 'Not Found', 'The token could not be found.');
    const { expiresAt } = token;
    return ok({ token: expiresAt === undefined ? {} : { expires_at: utcMicroseconds(expiresAt) } });
  }

  /** `GET /v3/projects`, all of them without a name */
  projects(name: string | null, self: string): Answer {
    const found = this.#cloud.projects.filter((project) => name === null || project.name === name);
    return ok({
      projects: found.map((project) => wireProject(project, self)),
      links: { self, next: null, previous: null },
    });
  }
}

function wireProject(project: Project, self: string): unknown {
  return {
    domain_id: project.domain_id,
    is_domain: false,
    parent_id: project.domain_id,
    name: project.name,
    description: '',
    links: { self: `${self}/${project.id}` },
    id: project.id,
    enabled: true,
  };
}

interface TokenRequest {
  readonly name: string;
  readonly password: string;
  readonly domain: string;
  readonly scope: string;
}

function parseTokenRequest(body: Buffer): TokenRequest | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
  const user = ['auth', 'identity', 'password', 'user'];
  const project = ['auth', 'scope', 'project'];
  const name = textAt(parsed, [...user, 'name']);
  const password = textAt(parsed, [...user, 'password']);
  const domain = textAt(parsed, [...user, 'domain', 'name']);
  const scope = textAt(parsed, [...project, 'id']) ?? textAt(parsed, [...project, 'name']);
  if (name === undefined || password === undefined || domain === undefined || scope === undefined) {
    return undefined;
  }
  return { name, password, domain, scope };
}

function textAt(value: unknown, path: readonly string[]): string | undefined {
  const end = path.reduce((at, key) => (Object(at) as Record<string, unknown>)[key], value);
  return typeof end === 'string' ? end : undefined;
}
