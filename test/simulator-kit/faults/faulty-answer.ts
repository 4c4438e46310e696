import type { Operation } from '../../../src/modelarts/api.ts';
import { throttled } from '../../../src/simulator/access/throttle.ts';
import { type Answer, contentText, gatewayError } from '../../../src/simulator/answer.ts';
import type { Dialect } from '../../../src/simulator/dialect.ts';
import { LIST_FIELDS, makeBadItem } from './bad-item.ts';
import type { Fault, WrongShape } from './fault.ts';

/** What a fault needs to know of the request it strikes. */
export interface Struck {
  readonly operation: Operation | undefined;
  readonly requestId: string;
  readonly dialect: Dialect;
  readonly now: number;
}

const GATEWAY_ERRORS: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ['0201', 'Bad request'],
  401: ['0301', 'Incorrect IAM authentication information: decrypt token fail'],
  403: ['0302', 'The IAM user is not authorized to access the API'],
  404: ['0101', 'The API does not exist or has not been published in the environment'],
  500: ['0601', 'Internal server error'],
  502: ['0202', 'Backend unavailable'],
  503: ['0613', 'The gateway is unavailable'],
  504: ['0203', 'Backend timeout'],
};

/** The answer in place of the endpoint's; undefined where the fault strikes the endpoint's own answer. */
export function answerInstead(fault: Fault, struck: Struck): Answer | undefined {
  if (fault.kind === 'throttled') {
    const { retryAfter, form = 'seconds', message = 'limit:200,time:5 minute' } = fault;
    const retry =
      retryAfter === undefined ? {} : { form, until: struck.now + retryAfter * 1000, now: struck.now };
    return throttled(message, struck.requestId, struck.dialect, retry);
  }
  if (fault.kind === 'not_json') {
    return page(200, '<html><body><h1>Welcome</h1></body></html>');
  }
  if (fault.kind !== 'status') return undefined;
  if (fault.body !== undefined) return page(fault.status, fault.body);
  const [code, message] = GATEWAY_ERRORS[fault.status] ?? ['0201', 'Request failed'];
  return gatewayError(fault.status, code, message, struck.requestId, struck.dialect);
}

/** The endpoint's answer with the fault in its content. */
export function spoil(answer: Answer, fault: Fault, struck: Struck): Answer {
  if (fault.kind === 'truncated_json') {
    const text = contentText(answer);
    return { ...answer, content: { text: text.slice(0, Math.floor(text.length / 2)) } };
  }
  if (!('json' in answer.content) || answer.status !== 200 || struck.operation === undefined) return answer;
  const body = { ...Object(answer.content.json) } as Record<string, unknown>;
  const field = LIST_FIELDS[struck.operation];
  if (fault.kind === 'wrong_shape')
    return { ...answer, content: { json: misshape(body, field, fault.shape) } };
  if (fault.kind !== 'bad_item' || field === undefined) return answer;
  const items = body[field];
  if (!Array.isArray(items)) return answer;
  const counted = Object.fromEntries(
    ['total_count', 'total', 'count']
      .filter((name) => typeof body[name] === 'number')
      .map((name) => [name, Number(body[name]) + 1]),
  );
  const bad = makeBadItem(struck.operation, fault.item, struck.now);
  return { ...answer, content: { json: { ...body, ...counted, [field]: [...items, bad] } } };
}

function page(status: number, text: string): Answer {
  return { status, headers: { 'Content-Type': 'text/html' }, content: { text } };
}

function misshape(body: Record<string, unknown>, field: string | undefined, shape: WrongShape): unknown {
  const list = field ?? 'items';
  switch (shape) {
    case 'list_is_object':
      return { ...body, [list]: { '0': 'not a list' } };
    case 'list_is_null':
      return { ...body, [list]: null };
    case 'list_is_missing':
      return { ...body, [list]: undefined };
    case 'list_is_string':
      return { ...body, [list]: 'not a list' };
    case 'top_is_null':
      return null;
    case 'top_is_array':
      return [body];
    case 'top_is_string':
      return 'not an object';
  }
}
