import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Request, RequestHandler } from 'express';
import type { Operation } from '../modelarts/api.ts';
import { type Answer, contentText, modelArtsError, Refusal } from './answer.ts';
import type { Dialect } from './dialect.ts';

/** A request as it arrived, before anybody checked it. */
export interface Arrival {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  /** Path parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  readonly requestId: string;
  readonly now: number;
  readonly dialect: Dialect;
}

/** A request, and the two steps that answer it. */
export interface Exchange {
  /** Undefined: a path that ModelArts does not have. */
  readonly operation: Operation | undefined;
  readonly arrival: Arrival;
  readonly response: ServerResponse;
  /** Asks the cloud. It counts this request, for its throttle and its lockouts. */
  answer(): Answer;
  send(answer: Answer): void;
}

/**
 * Brings a request and its answer together. The simulator itself sends the cloud's answer; tests note requests here,
 * delay them and let them fail.
 */
export type OnExchange = (exchange: Exchange) => void | Promise<void>;

export interface GatewayParts {
  readonly now: () => number;
  readonly dialect: () => Dialect;
  readonly onExchange: OnExchange;
}

/** What every request goes through, and the headers of every answer. */
export class Gateway {
  readonly #parts: GatewayParts;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
  }

  /** A request handler around an endpoint. */
  handle(operation: Operation | undefined, endpoint: (arrival: Arrival) => Answer): RequestHandler {
    return async (request, response) => {
      const arrival = this.#arrive(request);
      response.setHeader('Date', new Date(arrival.now).toUTCString());
      response.setHeader('X-Request-Id', arrival.requestId);
      await this.#parts.onExchange({
        operation,
        arrival,
        response,
        answer: () => attempt(endpoint, arrival),
        send: (answer) => {
          const body = Buffer.from(contentText(answer));
          writeHead(response, answer).setHeader('Content-Length', body.length);
          response.end(body);
        },
      });
    };
  }

  #arrive(request: Request): Arrival {
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
    return {
      method: request.method,
      url: request.originalUrl,
      params: request.params as Record<string, string>,
      query: new URLSearchParams(request.originalUrl.split(/\?(.*)/s, 2)[1] ?? ''),
      headers: Object.fromEntries(headers),
      body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
      requestId: randomUUID().replaceAll('-', ''),
      now: this.#parts.now(),
      dialect: this.#parts.dialect(),
    };
  }
}

/** Sets the status and the headers of an answer, but for its length. */
export function writeHead(response: ServerResponse, answer: Answer): ServerResponse {
  response.statusCode = answer.status;
  const headers = { 'Content-Type': 'application/json;charset=utf-8', ...answer.headers };
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  return response;
}

/** What an endpoint answers, be it a refusal. */
export function attempt(endpoint: (arrival: Arrival) => Answer, arrival: Arrival): Answer {
  try {
    return endpoint(arrival);
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    return modelArtsError(500, '3508', `The simulator failed: ${String(error)}`);
  }
}
