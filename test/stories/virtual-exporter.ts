import { onTestFinished } from 'vitest';
import type { Exporter } from '../../src/exporter.ts';
import { createVirtualExporter, type VirtualExporterOptions } from '../simulator-kit/virtual-exporter.ts';
import { createVirtualTime, type VirtualTime } from '../simulator-kit/virtual-time.ts';

/** Of a request. */
const LATENCY = 150;

export interface VirtualExporter extends VirtualTime {
  readonly exporter: Exporter;
}

/** The whole exporter, as it runs by itself, beside a cloud in virtual time. Nobody is refused by default. */
export async function startVirtually(
  start: number,
  options: Pick<VirtualExporterOptions, 'cloud'> & Partial<VirtualExporterOptions>,
): Promise<VirtualExporter> {
  const time = createVirtualTime(start);
  const exporter = await createVirtualExporter({
    time,
    throttle: undefined,
    latency: LATENCY,
    onPost: () => {},
    ...options,
  });
  exporter.start();
  onTestFinished(async () => {
    const stopped = exporter.stop();
    await time.pass(60_000);
    await stopped;
  });
  return { ...time, exporter };
}
