import { expect, test } from 'vitest';
import { acceptedFormat, acceptsGzip } from '../../src/metrics/negotiation.ts';

const PROMETHEUS_2_42 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const PROMETHEUS_3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

test.each([
  [undefined, 'text'],
  ['', 'text'],
  ['*/*', 'text'],
  ['text/html,application/xhtml+xml,*/*;q=0.8', 'text'],
  [PROMETHEUS_2_42, 'openmetrics'],
  [PROMETHEUS_3, 'openmetrics'],
  [`application/vnd.google.protobuf;proto=x;encoding=delimited;q=0.7,${PROMETHEUS_3}`, 'openmetrics'],
  ['text/plain;version=0.0.4;q=1,*/*;q=0.1', 'text'],
  ['application/openmetrics-text', 'openmetrics'],
  ['Application/OpenMetrics-Text; Version="1.0.0"; charset=utf-8', 'openmetrics'],
  ['application/openmetrics-text; version=0.0.1', 'text'],
  ['application/openmetrics-text;q=0', 'text'],
  ['application/openmetrics-text;q=0.2,text/plain;q=0.9', 'text'],
  ['text/plain,application/openmetrics-text', 'text'],
  ['application/openmetrics-text,text/plain', 'openmetrics'],
  ['application/openmetrics-text;q=junk,,;,=', 'text'],
  ['application/openmetrics-text;q=5,text/plain;q=0.5', 'text'],
])('Accept %j gives %s', (accept, format) => {
  expect(acceptedFormat(accept)).toBe(format);
});

test.each([
  [undefined, false],
  ['', false],
  ['gzip', true],
  ['GZIP;q=0.5', true],
  ['deflate, gzip;q=1.0, *;q=0.5', true],
  ['*', true],
  ['gzip;q=0', false],
  ['gzip;q=0.000, *', false],
  ['identity', false],
  ['br', false],
  ['*;q=0', false],
])('Accept-Encoding %j: gzip is %s', (header, allowed) => {
  expect(acceptsGzip(header)).toBe(allowed);
});
