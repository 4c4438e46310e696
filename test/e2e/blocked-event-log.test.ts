import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { WAIT } from '../patience.ts';
import { folderWith } from './built-binary.ts';
import { configText, SERVICE, sample, serve, startCloud, sum } from './scene.ts';

/** More than any pipe holds. */
const EVENTS = 2_000;
const TEXT = 'x'.repeat(1_000);
/** Alone on a machine it takes less than five seconds, and waiting for who does not read would take for ever. */
const END_WITHIN = 60_000;

/** What an exporter does whose event log nobody reads any more. */
async function expectNoHarm(eventLog: string, block: (exporter: Awaited<ReturnType<typeof serve>>) => void) {
  await using cloud = await startCloud();
  await using exporter = await serve(
    configText(cloud.url, { event_log: eventLog, state: { file: 'state' } }),
  );
  block(exporter);
  await exporter.scrape();
  for (let event = 0; event < EVENTS; event += 1)
    cloud.cloud.addServiceEvent(SERVICE, {
      event_type: 'normal',
      event_info: `${event} ${TEXT}`,
      occur_time: Date.now(),
    });
  await vi.waitFor(async () => {
    const scrape = await exporter.scrape();
    expect(sample(scrape, 'modelarts_exporter_event_log_pending_lines')).toBeGreaterThan(0);
    // It goes on reading: whatever is shown, no refresh hangs.
    expect(sum(scrape, 'modelarts_target_up')).toBe(3);
  }, WAIT);
  await vi.waitFor(() => expect(exporter.binary.stderr).toContain('writing the event log failed'), WAIT);
  const requests = async () =>
    sum(await exporter.scrape(), 'modelarts_api_requests_total', 'operation="service_events"');
  const before = await requests();
  await vi.waitFor(async () => expect(await requests()).toBeGreaterThan(before + 3), WAIT);
  const began = performance.now();
  const { process } = exporter.binary;
  process.kill('SIGTERM');
  await vi.waitFor(() => expect(process.exitCode).toBe(0), WAIT);
  expect(performance.now() - began).toBeLessThan(END_WITHIN);
  expect(exporter.binary.stderr).toContain('the event log ends without its last lines');
}

test('a FIFO that nobody reads freezes nothing, and the process ends soon', async () => {
  await using folder = await folderWith({});
  const fifo = folder.file('events');
  execFileSync('/usr/bin/mkfifo', [fifo]);
  const reader = await open(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
  await expectNoHarm(fifo, () => {});
  await reader.close();
});

test('a standard output that nobody reads freezes nothing, and the process ends soon', async () => {
  await expectNoHarm('stdout', ({ binary }) => binary.process.stdout?.pause());
});
