import { expect, test } from 'vitest';
import { errorOf } from '../../src/modelarts/error-answer.ts';

const NOW = Date.parse('2024-01-02T03:04:05Z');

function classified(
  status: number,
  body: unknown = {},
  headers: Record<string, string> = {},
  secrets: string[] = [],
) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return errorOf('service_events', { status, headers, text }, secrets, NOW);
}

test.each([
  [401, 'APIGW.0301', 'auth'],
  [401, 'ModelArts.0203', 'auth'],
  [401, undefined, 'auth'],
  [403, 'ModelArts.0108', 'forbidden'],
  [403, 'ModelArts.0112', 'forbidden'],
  [403, 'ModelArts.0203', 'auth'],
  [403, 'ModelArts.0206', 'auth'],
  [403, 'ModelArts.2784', 'auth'],
  [403, 'ModelArts.0210', 'forbidden'],
  [404, 'ModelArts.50015001', 'not_found'],
  [404, undefined, 'not_found'],
  [400, 'ModelArts.2775', 'not_found'],
  [400, 'ModelArts.50015001', 'not_found'],
  [400, 'ModelArts.3502', 'not_found'],
  [400, 'ModelArts.2890', 'not_found'],
  [400, 'ModelArts.50004000', 'other'],
  [400, 'ModelArts.0203', 'other'],
  [400, undefined, 'other'],
  [408, 'ModelArts.4205', 'timeout'],
  [504, 'ModelArts.4503', 'timeout'],
  [504, 'APIG.0203', 'timeout'],
  [429, undefined, 'throttled'],
  [429, 'APIGW.0308', 'throttled'],
  [403, 'APIG.0308', 'throttled'],
  [500, 'ModelArts.6101', 'throttled'],
  [400, 'ModelArts.2799', 'throttled'],
  [400, 'ModelArts.4206', 'throttled'],
  [503, 'ModelArts.4395', 'throttled'],
  [500, 'ModelArts.3508', 'server'],
  [502, undefined, 'server'],
  [503, 'APIG.0613', 'server'],
  [302, undefined, 'other'],
  [304, undefined, 'other'],
  [405, undefined, 'other'],
  [494, 'APIG.0201', 'other'],
] as const)('%s %s is %s', (status, code, reason) => {
  const error = classified(status, code === undefined ? {} : { error_code: code, error_msg: 'text' });
  expect(error).toMatchObject({ reason, status, code });
});

test("the message tells operation, status, code and the API's text", () => {
  expect(classified(404, { error_code: 'ModelArts.3502', error_msg: 'Service does not exist' }).message).toBe(
    'service_events: HTTP 404 ModelArts.3502: Service does not exist',
  );
});

test("IAM's nested errors, numbers as codes", () => {
  const error = classified(401, { error: { code: 401, message: 'The username or password is wrong.' } });
  expect(error).toMatchObject({ reason: 'auth', code: '401' });
  expect(error.message).toBe('service_events: HTTP 401 401: The username or password is wrong.');
});

test.each([
  '',
  '<html>Bad gateway</html>',
  'null',
  '[]',
  '{"error":null}',
  '{"error_msg":{"a":1}}',
  '{"error_code":',
])('a body of any shape: %s', (body) => {
  const error = classified(502, body);
  expect(error).toMatchObject({ reason: 'server', code: undefined });
  expect(error.message).toBe('service_events: HTTP 502');
});

test('a plain text is the message', () => {
  expect(classified(502, 'Access denied\n').message).toBe('service_events: HTTP 502: Access denied');
});

test('an echoed canonical request is not repeated', () => {
  const error = classified(401, {
    error_msg:
      'Incorrect IAM authentication information: verify aksk signature fail, canonicalRequest:GET|/v1/PROJECT-CANARY/events/||host:HOST-CANARY|x-project-id:PROJECT-CANARY|x-security-token:TOKEN-CANARY\n||host;x-project-id|44136fa3',
    error_code: 'APIGW.0301',
    request_id: 'r',
  });
  expect(error.message).toBe(
    'service_events: HTTP 401 APIGW.0301: Incorrect IAM authentication information: verify aksk signature fail, canonicalRequest:<redacted>',
  );
});

test('an odd code is not taken over', () => {
  expect(classified(500, { error_code: 'a b\nc', error_msg: 'x' }).code).toBeUndefined();
});

test.each([
  [429, { 'retry-after': '7' }, 'limit:1,time:1 minute', 7_000],
  [429, {}, 'limit:200,time:5 minute', 300_000],
  [429, {}, 'busy', undefined],
  [503, { 'retry-after': '7' }, '', 7_000],
  [401, {}, 'AK access failed to reach the limit,forbidden', 300_000],
  [401, { 'retry-after': '7' }, 'token expires', undefined],
  // A date is read by the server's clock, however wrong ours is.
  [
    503,
    { date: 'Sun, 06 Nov 1994 08:49:37 GMT', 'retry-after': 'Sun, 06 Nov 1994 08:49:47 GMT' },
    '',
    10_000,
  ],
] as const)('how long to wait: %s %j %s', (status, headers, error_msg, expected) => {
  expect(classified(status, { error_msg }, headers).retryAfter).toBe(expected);
});

test.each([
  [401, 'Tue, 02 Jan 2024 03:34:05 GMT', "; the clock of this host is 1800 s behind the API's"],
  [401, 'Tue, 02 Jan 2024 02:34:05 GMT', "; the clock of this host is 1800 s ahead of the API's"],
  [401, 'Tue, 02 Jan 2024 03:09:05 GMT', ''],
  [401, 'garbage', ''],
  [500, 'Tue, 02 Jan 2024 03:34:05 GMT', ''],
])('the clock is named where it matters: %s %s', (status, date, hint) => {
  expect(classified(status, {}, { date }).message).toBe(`service_events: HTTP ${status}${hint}`);
});
