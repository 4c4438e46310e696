import type { IncomingHttpHeaders } from 'node:http';
import got, { TimeoutError } from 'got';
import type { AgentFor, Agents } from '../http/agents.ts';
import { serverTime } from '../http/server-time.ts';
import type { Logger } from '../log.ts';
import type { Timers } from '../timers.ts';
import type { ApiObserver, Operation } from './api.ts';
import { errorOf, type HttpAnswer } from './error-answer.ts';
import { ApiError } from './errors.ts';

/** One HTTP request, ready to be sent as it is. */
interface Call {
  readonly operation: Operation;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Credentials in the request, which no message may repeat. */
  readonly secrets: readonly string[];
}

/** A request that was answered, without its headers but one: they hold credentials. */
export interface AnsweredCall extends Pick<Call, 'operation' | 'method' | 'url' | 'body'> {
  /** That texts were asked for in, where that was said. */
  readonly language: string | undefined;
}

/**
 * Sends one request, once, and gives back an answer with a 2xx status.
 * @throws ApiError for everything else
 */
export type Exchange = (call: Call) => Promise<HttpAnswer>;

export interface ExchangeOptions {
  readonly agents: Agents;
  readonly observer: ApiObserver;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly clock: () => number;
  readonly timers: Timers;
  /** Of the whole exchange, in milliseconds. */
  readonly timeout: number;
  /** The largest body taken, after decompression. */
  readonly responseBytes: number;
  readonly userAgent: string;
  /** Aborted: requests in flight end. */
  readonly signal: AbortSignal;
  /** Told of every whole answer, an error too. */
  readonly onAnswer?: OnAnswer;
}

export type OnAnswer = (call: AnsweredCall, answer: HttpAnswer) => void;

/**
 * IAM sends its token as a header, and a user with many permissions has one of more than the 16 KB that Node
 * takes by default.
 */
const RESPONSE_HEADER_BYTES_MAX = 131_072;

export function createExchange(options: ExchangeOptions): Exchange {
  const { observer, log, clock, timers } = options;
  return async (call) => {
    const agent = await options.agents.for(call.url).catch((error: unknown) => {
      throw new ApiError(
        'other',
        `${call.operation}: ${error instanceof Error ? error.message : 'no agent'}`,
      );
    });
    const started = timers.now();
    let code: number | 'error' = 'error';
    let headers: IncomingHttpHeaders = {};
    const onHeaders = (status: number, received: IncomingHttpHeaders) => {
      code = status;
      headers = received;
      const time = serverTime(received);
      // The metadata service runs on this very host.
      if (time !== undefined && call.operation !== 'ecs_metadata') {
        observer.onClockSkew((time - clock()) / 1000);
      }
    };
    try {
      const answer = await receive(call, agent, options, onHeaders);
      options.onAnswer?.(answeredCall(call), answer);
      if (answer.status < 200 || answer.status > 299) {
        throw errorOf(call.operation, answer, call.secrets, clock());
      }
      return answer;
    } finally {
      const seconds = (timers.now() - started) / 1000;
      observer.onResponse(call.operation, code, seconds);
      log.debug('request', {
        operation: call.operation,
        host: call.url.host,
        code,
        seconds,
        request_id: headers['x-request-id'] ?? headers['x-iam-trace-id'],
      });
    }
  };
}

function answeredCall({ operation, method, url, body, headers }: Call): AnsweredCall {
  return { operation, method, url, body, language: headers['X-Language'] };
}

async function receive(
  call: Call,
  agent: AgentFor,
  options: ExchangeOptions,
  onHeaders: (status: number, headers: IncomingHttpHeaders) => void,
): Promise<HttpAnswer> {
  const stream = got.stream(call.url, {
    method: call.method,
    headers: {
      accept: 'application/json',
      'user-agent': options.userAgent,
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...call.headers,
    },
    // Without a body, even an empty one, got waits for somebody to write it.
    ...(call.method === 'GET' ? {} : { body: call.body ?? '' }),
    agent,
    timeout: { request: options.timeout },
    signal: options.signal,
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    maxHeaderSize: RESPONSE_HEADER_BYTES_MAX,
    decompress: true,
  });
  // An error after the iteration has ended has nobody else to go to.
  stream.on('error', () => {});
  let status = 0;
  let headers: IncomingHttpHeaders = {};
  stream.once('response', (response: { statusCode: number; headers: IncomingHttpHeaders }) => {
    status = response.statusCode;
    headers = response.headers;
    onHeaders(status, headers);
  });
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > options.responseBytes) {
        throw new ApiError(
          'malformed',
          `${call.operation}: body larger than ${options.responseBytes} bytes`,
          {
            status,
            isTooLarge: true,
          },
        );
      }
      chunks.push(chunk);
    }
  } catch (error) {
    // The status of an error says enough, whole body or not.
    if (status <= 299) throw error instanceof ApiError ? error : transportError(call, error, options);
  } finally {
    // got leaves a stream that has ended registered with its signal; the connection stays open.
    stream.destroy();
  }
  return { status, headers, text: Buffer.concat(chunks).toString() };
}

/**
 * Says what went wrong without an answer. The error itself is left behind: it carries the request with its
 * headers, so anything that prints it would print the credential.
 */
function transportError(call: Call, error: unknown, options: ExchangeOptions): ApiError {
  if (options.signal.aborted) return new ApiError('other', `${call.operation}: the client is closed`);
  if (error instanceof TimeoutError) {
    return new ApiError('timeout', `${call.operation}: no answer within ${options.timeout} ms`);
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'ERR_UNKNOWN';
  // A compressed body that ends early was cut, one that is wrong was made wrong.
  const reason = code === 'Z_DATA_ERROR' ? 'malformed' : 'network';
  return new ApiError(reason, `${call.operation}: ${code} ${call.url.host}`);
}
