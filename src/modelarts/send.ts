import type { ApiRequest } from './api.ts';
import type { Authenticator, Credential } from './auth/credential.ts';
import { ApiError } from './errors.ts';
import type { Exchange } from './http-exchange.ts';
import { parseBody } from './parse-body.ts';
import { endpointUrl } from './url.ts';

interface SendOptions {
  readonly endpoint: string;
  readonly exchange: Exchange;
  /** Of the authenticator; undefined where only the user can replace a credential. */
  readonly renew: Authenticator['renew'];
}

/**
 * Sends a request to ModelArts, and once more if its credential is rejected and another can be had.
 * @returns the body of the answer
 * @throws ApiError
 */
export type Send = (request: ApiRequest, projectId: string, credential: Credential) => Promise<unknown>;

export function createSend({ endpoint, exchange, renew }: SendOptions): Send {
  return async (request, projectId, credential) => {
    const { operation, version, path, query } = request;
    const url = endpointUrl(endpoint, `/${version}/${encodeURIComponent(projectId)}/${path}`, query);
    const method = request.body === undefined ? 'GET' : 'POST';
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);

    async function sendWith({ headers, secrets }: Credential): Promise<unknown> {
      const answer = await exchange({
        operation,
        method,
        url,
        headers: { ...request.headers, ...headers({ method, url, body: body ?? '', projectId }) },
        body,
        secrets,
      });
      return parseBody(operation, answer);
    }

    try {
      return await sendWith(credential);
    } catch (error) {
      const isRejected = error instanceof ApiError && error.reason === 'auth';
      if (renew === undefined || !isRejected) throw error;
      // If nothing else can be had, the rejection is the reason to report, and it counts against the credential.
      const renewed = await renew(credential).catch(() => {
        throw error;
      });
      return sendWith(renewed);
    }
  };
}
