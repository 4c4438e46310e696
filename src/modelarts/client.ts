import { setMaxListeners } from 'node:events';
import type { ProjectConfig } from '../config/config.ts';
import type { Environment } from '../config/environment.ts';
import { type AgentsOptions, createAgents } from '../http/agents.ts';
import type { Logger } from '../log.ts';
import type { Timers } from '../timers.ts';
import type { Api, ApiLoad, ApiObserver } from './api.ts';
import { createAuthenticator } from './auth/authenticator.ts';
import { fingerprint } from './auth/credential.ts';
import { verifyToken } from './auth/token.ts';
import type { Breakers } from './breaker.ts';
import {
  createExchange as createHttpExchange,
  type Exchange,
  type ExchangeOptions,
  type OnAnswer,
} from './http-exchange.ts';
import { createProjectId } from './project-id.ts';
import type { Quotas } from './quotas.ts';
import { createRequestGate, type Pause } from './request-gate.ts';
import { withRetries } from './retry.ts';
import { createSend } from './send.ts';
import { createThrottling } from './throttling.ts';

export interface ClientDeps {
  /** Unix milliseconds. */
  readonly clock: () => number;
  readonly observer: ApiObserver;
  readonly log: Logger;
  /** Of the project, whatever its configuration. */
  readonly pause: Pause;
  /** The largest response body taken, after decompression. */
  readonly responseBytes: number;
  /** One for the process: projects may share a credential. */
  readonly breakers: Breakers;
  /** One for the process, for the same reason. */
  readonly quotas: Quotas;
  /** Proxies and, where configured, keys are taken from here. */
  readonly env: Environment;
  /** Of the exporter, for the User-Agent. */
  readonly version: string;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly timers: Timers;
  /** HTTP by default. */
  readonly createExchange?: (options: ExchangeOptions) => Exchange;
  /** Told of every whole answer, of IAM too. */
  readonly onAnswer?: OnAnswer;
}

/** One project's ModelArts over HTTP. */
export interface Client extends Api {
  /** @throws ApiError where it is left out of the configuration and IAM does not tell */
  projectId(): Promise<string>;
  /** Lets IAM look at a configured token; `onAnswer` hears what it says. */
  verifyToken(): Promise<void>;
  /** Requests wait, because the cloud answered 429 although the exporter had not used up the quota itself. */
  isThrottled(): boolean;
  load(): ApiLoad;
  /** By which its requests wait. */
  readonly timers: Timers;
  /** Ends what is in flight and fails what waits. */
  close(): void;
}

const METADATA_TIMEOUT = 3_000;

export function createClient(project: ProjectConfig, deps: ClientDeps): Client {
  const { api } = project;
  const { breakers, clock, env, log, timers, createExchange = createHttpExchange } = deps;
  const closing = new AbortController();
  const { signal } = closing;
  // Every request in flight listens to it, and that is no leak.
  setMaxListeners(0, signal);
  // Not by the token, which may be renewed: the quota is that of its user.
  const owner = fingerprint(JSON.stringify(project.auth), new URL(project.endpoint).origin);
  const quota = deps.quotas.of(owner, project.name);
  const leaveQuota = quota.join();
  const gate = createRequestGate({ rate: api.rateLimit, quota, pause: deps.pause, timers, signal });
  const throttling = createThrottling({ project: project.name, gate, quota, log, now: timers.now });

  const pool: AgentsOptions = {
    tls: api.tls,
    serverNameHost: new URL(project.endpoint).hostname,
    proxyUrl: api.proxyUrl,
    env,
    connections: api.concurrency,
    timeout: api.timeout,
    signal,
  };
  const agents = createAgents(pool);
  const directAgents = createAgents({ ...pool, tls: { insecureSkipVerify: false }, proxyUrl: '', env: {} });
  const wire: ExchangeOptions = {
    ...deps,
    timers,
    agents,
    timeout: api.timeout,
    userAgent: `modelarts-exporter/${deps.version}`,
    signal,
  };
  const exchange = createExchange(wire);
  const metadataExchange = createExchange({ ...wire, agents: directAgents, timeout: METADATA_TIMEOUT });

  const policy = { retries: api.retries, delayMax: api.timeout, random: deps.random };
  const retry = <T>(attempt: () => Promise<T>) => withRetries(attempt, policy, timers, signal);
  // IAM is asked whether or not the project is paused.
  const iam = { resumed: async () => {} };
  const shared = { project, exchange, breakers, sender: iam, retry, timers };
  const authenticator = createAuthenticator(project.auth, { ...shared, metadataExchange, clock, env });
  const projectId = createProjectId({ ...shared, authenticator });
  const send = createSend({ endpoint: project.endpoint, exchange, renew: authenticator.renew });

  return {
    projectId,
    verifyToken: async () => verifyToken(project.iamEndpoint, await authenticator.credential(), exchange),
    isThrottled: () => gate.isPaused() && !throttling.isOwnDoing(),
    async request(request) {
      const id = await projectId();
      const credential = await authenticator.credential();
      return retry(() =>
        breakers.run(credential.id, gate, async (check) => {
          const sentAt = await gate.enter(check);
          request.onStart?.();
          try {
            const body = await send(request, id, credential);
            throttling.succeeded(sentAt);
            return body;
          } catch (error) {
            throw throttling.failed(error, sentAt);
          }
        }),
      );
    },
    timers,
    load() {
      const rate = Math.min(api.rateLimit, quota.rate ?? api.rateLimit);
      return {
        rate,
        // Until it is known that requests are scarce, each has what is configured.
        part: Math.min(api.rateLimit, (quota.rate ?? Number.POSITIVE_INFINITY) / quota.users),
        isScarce: rate < api.rateLimit,
        throttledFor: gate.throttledFor() / 1000,
      };
    },
    close() {
      closing.abort();
      leaveQuota();
      agents.close();
      directAgents.close();
    },
  };
}
