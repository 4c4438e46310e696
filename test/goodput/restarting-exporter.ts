import { join } from 'node:path';
import type { Exporter } from '../../src/exporter.ts';
import type { Cloud } from '../../src/simulator/cloud.ts';
import { temporaryFolder } from '../collection/temporary-folder.ts';
import { configOf, PROJECT, prodAt } from '../configuration.ts';
import { startTestSimulator } from '../simulator-kit/test-simulator.ts';
import { createTestExporter } from '../test-exporter.ts';

export interface RestartingExporter {
  /** The one that runs now. */
  readonly exporter: Exporter;
  /** Ends it and starts another one from its state file. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** An exporter with a state file, against a cloud with one project. */
export async function restartingExporter(
  cloud: Cloud,
  clock: () => number,
  discovery: Readonly<Record<string, unknown>>,
): Promise<RestartingExporter> {
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  const folder = await temporaryFolder();
  const simulator = await startTestSimulator({ now: clock, cloud });
  const config = configOf({
    collection: { min_interval: '1s' },
    state: { file: join(folder, 'state') },
    api: { retries: 0, rate_limit: 10_000 },
    projects: [{ ...prodAt(simulator.url), discovery }],
  });
  const start = () => createTestExporter(config, { clock, durable: true });
  let exporter = await start();
  return {
    get exporter() {
      return exporter;
    },
    async restart() {
      await exporter.stop();
      exporter = await start();
    },
    async close() {
      await exporter.stop();
      await simulator.close();
    },
  };
}
