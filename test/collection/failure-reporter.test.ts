import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { FailureReporter } from '../../src/collection/failure-reporter.ts';
import { createLogger } from '../../src/log.ts';
import { ReadMetrics } from '../../src/metrics/read-metrics.ts';
import { ApiError } from '../../src/modelarts/errors.ts';

test('a fault of the exporter itself is told with what was thrown, a failure of the cloud by its message', () => {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  const log = createLogger({ level: 'info', format: 'logfmt', write, clock: () => 0 });
  const reporter = new FailureReporter(new ReadMetrics(new Registry()), log);
  const cause = new TypeError('x is not iterable');
  reporter.listingFailed('prod', 'pool', new ApiError('other', 'discovery failed unexpectedly', { cause }));
  reporter.listingFailed(
    'prod',
    'service',
    new ApiError('malformed', 'no JSON', { cause: new Error('at 1') }),
  );
  expect(lines[0]).toContain('error="discovery failed unexpectedly" cause="x is not iterable"');
  expect(lines[1]).toMatch(/error="no JSON"$/m);
});
