import type { Command } from '../cli/command.ts';
import { collectOnce } from './collect-once.ts';
import type { Runtime } from './runtime.ts';

/** Collects once and prints the metrics, of one target without those of the exporter. The exit code is 1 if a target or a listing could not be read. */
export async function once(options: Extract<Command, { kind: 'once' }>, runtime: Runtime): Promise<number> {
  const { target } = options;
  const { exporter, failed } = await collectOnce(options, runtime, target);
  const { series, metrics } = exporter;
  const chunks = target === undefined ? series.chunks('text') : series.chunksOf(target, 'text', false);
  for (const chunk of chunks) runtime.stdout.write(chunk);
  if (target === undefined) runtime.stdout.write(await metrics.text('text'));
  await exporter.stop();
  return failed ? 1 : 0;
}
