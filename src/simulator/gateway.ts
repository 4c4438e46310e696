import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import type { Operation } from '../modelarts/api.ts';
import { type Answer, modelArtsError, Refusal } from './answer.ts';
import type { Dialect } from './dialect.ts';
import { deliver } from './faults/delivery.ts';
import type { FaultPlan } from './faults/fault-plan.ts';
import { answerInstead, spoil } from './faults/faulty-answer.ts';
import type { RequestLog } from './request-log.ts';

export interface GatewayParts {
  readonly now: () => number;
  readonly dialect: () => Dialect;
  readonly write: (json: unknown) => string;
  readonly requests: RequestLog;
  readonly faults: FaultPlan;
  /** Aborted when the simulator closes. */
  readonly stopping: AbortSignal;
}

/** A request as it arrived, before anybody checked it. */
export interface Arrival {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  readonly requestId: string;
  readonly now: number;
  readonly dialect: Dialect;
}

/** What every request goes through: the log, the faults, and the headers of every answer. */
export class Gateway {
  readonly #parts: GatewayParts;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
  }

  /** A request handler around an endpoint. */
  handle(operation: Operation | undefined, endpoint: (arrival: Arrival) => Answer): RequestHandler {
    return async (request, response) => {
      const arrival = this.#arrive(request);
      const finish = this.#parts.requests.begin(logged(arrival, operation));
      response.once('close', () => finish(response.headersSent ? response.statusCode : 0));
      await this.#answer(arrival, operation, endpoint, response);
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

  async #answer(
    arrival: Arrival,
    operation: Operation | undefined,
    endpoint: (arrival: Arrival) => Answer,
    response: Response,
  ): Promise<void> {
    const { faults, stopping, write } = this.#parts;
    const { latency, fault } = faults.strike(operation, arrival.url);
    if (latency > 0) {
      const waited = await delay(latency, true, { signal: stopping }).catch(() => false);
      if (!waited || response.closed) return;
    }
    const struck = { ...arrival, operation };
    let answer = fault === undefined ? undefined : answerInstead(fault, struck);
    answer ??= attempt(endpoint, arrival);
    if (fault !== undefined) answer = spoil(answer, fault, struck);
    if ('json' in answer.content) answer = { ...answer, content: { text: write(answer.content.json) } };
    response.setHeader('Date', new Date(arrival.now).toUTCString());
    response.setHeader('X-Request-Id', arrival.requestId);
    await deliver(response, answer, fault);
  }
}

function attempt(endpoint: (arrival: Arrival) => Answer, arrival: Arrival): Answer {
  try {
    return endpoint(arrival);
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    return modelArtsError(500, '3508', `The simulator failed: ${String(error)}`);
  }
}

function logged(arrival: Arrival, operation: Operation | undefined): Parameters<RequestLog['begin']>[0] {
  return {
    at: arrival.now,
    operation,
    method: arrival.method,
    path: arrival.url.split('?', 1)[0] ?? '',
    query: Object.fromEntries(arrival.query),
    headers: arrival.headers,
    body: operation === 'list_training_jobs' ? arrival.body.toString('utf8') : undefined,
  };
}
