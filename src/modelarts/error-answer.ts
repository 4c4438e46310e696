import type { IncomingHttpHeaders } from 'node:http';
import { redact } from '../http/redact.ts';
import { serverTime } from '../http/server-time.ts';
import type { Operation } from './api.ts';
import { ApiError, type FailureReason } from './errors.ts';
import { at, parseJson } from './parse-body.ts';
import { parseRatePeriod, parseRateWindow, parseRetryAfter } from './retry-after.ts';

/** An HTTP answer, its body as text. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

// The same code can come with several statuses, so most of them mean something with one status only.
const THROTTLED = new Set([
  'APIG.0308',
  'APIGW.0308',
  'ModelArts.2799',
  'ModelArts.4206',
  'ModelArts.4395',
  'ModelArts.6101',
]);
const NOT_FOUND_AS_400 = new Set([
  'ModelArts.2775',
  'ModelArts.50015001',
  'ModelArts.3502',
  'ModelArts.2890',
]);
const AUTH_AS_403 = new Set(['ModelArts.0203', 'ModelArts.0206', 'ModelArts.2784']);

/** The gateway refuses signatures that are 15 minutes off. Seconds. */
const SKEW_SHOWN_AFTER = 600;
/** How long the cloud locks a key after five failed attempts in a row. Milliseconds. */
const KEY_LOCKED_FOR = 300_000;

/**
 * The error that an answer other than 2xx stands for.
 * @param secrets what the message must not repeat
 * @param now our clock, Unix milliseconds
 */
export function errorOf(
  operation: Operation,
  answer: HttpAnswer,
  secrets: readonly string[],
  now: number,
): ApiError {
  const { status, headers } = answer;
  const { code, message } = readError(answer.text);
  const reason = reasonOf(status, code);
  const parts = [`HTTP ${status}`, ...(code === undefined ? [] : [code])].join(' ');
  const text = message === undefined ? '' : `: ${redact(message, secrets)}`;
  const clock = reason === 'auth' ? clockHint(headers, now) : '';
  const retryAfter = waitOf(reason, headers, message ?? '', now);
  const limit = reason === 'throttled' ? parseRateWindow(message ?? '') : undefined;
  return new ApiError(reason, `${operation}: ${parts}${text}${clock}`, {
    status,
    code,
    retryAfter,
    limit,
  });
}

function reasonOf(status: number, code = ''): FailureReason {
  if (status === 401) return 'auth';
  if (status === 429 || (status >= 400 && THROTTLED.has(code))) return 'throttled';
  if (status === 403) return AUTH_AS_403.has(code) ? 'auth' : 'forbidden';
  if (status === 404) return 'not_found';
  if (status === 400) return NOT_FOUND_AS_400.has(code) ? 'not_found' : 'other';
  if (status === 408 || status === 504) return 'timeout';
  return status >= 500 ? 'server' : 'other';
}

/** ModelArts and the gateway answer flat (`error_code`, `error_msg`), IAM nested; a proxy anything at all. */
function readError(text: string): { code: string | undefined; message: string | undefined } {
  const parsed = parseJson(text);
  // The metadata service answers in plain text; a page and broken JSON say nothing worth a line.
  if (parsed === undefined) {
    const plain = /^\s*[<{[]/.test(text) ? '' : text.trim();
    return { code: undefined, message: plain === '' ? undefined : plain };
  }
  const code = at(parsed, 'error_code') ?? at(parsed, 'error', 'code');
  const message = at(parsed, 'error_msg') ?? at(parsed, 'error', 'message');
  return {
    code: isCode(code) ? String(code) : undefined,
    message: typeof message === 'string' && message !== '' ? message : undefined,
  };
}

/** IAM gives its codes as numbers. */
function isCode(value: unknown): value is string | number {
  return typeof value === 'number' || (typeof value === 'string' && /^[\w.-]{1,64}$/.test(value));
}

function waitOf(
  reason: FailureReason,
  headers: IncomingHttpHeaders,
  message: string,
  now: number,
): number | undefined {
  if (reason === 'auth') return message.includes('reach the limit') ? KEY_LOCKED_FOR : undefined;
  const retryAfter = headers['retry-after'];
  // A server that names a date means its own clock, which may not be ours.
  const wait = retryAfter === undefined ? undefined : parseRetryAfter(retryAfter, serverTime(headers) ?? now);
  return wait ?? (reason === 'throttled' ? parseRatePeriod(message) : undefined);
}

/** A signature is refused when the clock is off, and the API's text rarely says so. */
function clockHint(headers: IncomingHttpHeaders, now: number): string {
  const ahead = (now - (serverTime(headers) ?? now)) / 1000;
  if (Math.abs(ahead) <= SKEW_SHOWN_AFTER) return '';
  const direction = ahead > 0 ? 'ahead of' : 'behind';
  return `; the clock of this host is ${Math.round(Math.abs(ahead))} s ${direction} the API's`;
}
