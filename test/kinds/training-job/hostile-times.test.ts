import { expect, test } from 'vitest';
import { interruptionsOf } from '../../../src/kinds/training-job/interruptions.ts';
import { decodeJob, type JobDetails } from '../../../src/kinds/training-job/listed-job.ts';
import { NOW } from '../scripted-api.ts';

function details(status: Readonly<Record<string, unknown>>): JobDetails {
  return decodeJob({ metadata: { id: 'j-1' }, status }, NOW)?.details ?? expect.fail('no job');
}

test('a duration that leads beyond now tells no end', () => {
  const start_time = NOW - 60_000;
  expect(details({ phase: 'Failed', start_time, duration: 50_000 }).endedAt).toBe(NOW - 10_000);
  expect(details({ phase: 'Failed', start_time, duration: 9e15 }).endedAt).toBeUndefined();
});

test.each(['success', 'failed', 'recovering'])(
  'an interruption (%s) does not end before it began',
  (result) => {
    const begin = Math.floor(NOW / 1_000) - 600;
    const recovery = { recover_start_at: begin + 100, fault_scenario: 'node_fault', recover_result: result };
    for (const recover_end_at of [begin + 50, undefined]) {
      const record = {
        start_at: begin,
        end_at: begin + 90,
        recover_records: [{ ...recovery, recover_end_at }],
      };
      const [interruption] = interruptionsOf(details({ phase: 'Failed', running_records: [record] }));
      expect(interruption?.startedAt).toBe((begin + 100) * 1_000);
      expect(interruption?.endedAt).toBeGreaterThanOrEqual((begin + 100) * 1_000);
    }
  },
);
