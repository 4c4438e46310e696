import { join } from 'node:path';
import type { Exporter } from '../../src/exporter.ts';
import type { Cloud } from '../../src/simulator/cloud.ts';
import { temporaryFolder } from '../collection/temporary-folder.ts';
import { configOf, PROJECT, prodAt } from '../configuration.ts';
import { createSocketlessSimulator } from '../simulator-kit/socketless-simulator.ts';
import { createTestExporter } from '../test-exporter.ts';

export interface RestartingExporter {
  /** The one that runs now. */
  readonly exporter: Exporter;
  /** Ends it and starts another one from its state file. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** An exporter with a state file, against a cloud with one project, without HTTP. */
export async function restartingExporter(
  cloud: Cloud,
  clock: () => number,
  discovery: Readonly<Record<string, unknown>>,
): Promise<RestartingExporter> {
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  const folder = await temporaryFolder();
  const { url, createExchange } = createSocketlessSimulator({ now: clock, cloud });
  const config = configOf({
    collection: { min_interval: '1s' },
    state: { file: join(folder, 'state') },
    api: { retries: 0, rate_limit: 10_000 },
    projects: [{ ...prodAt(url), discovery }],
  });
  const start = () => createTestExporter(config, { clock, durable: true, createExchange });
  let exporter = await start();
  return {
    get exporter() {
      return exporter;
    },
    async restart() {
      await exporter.stop();
      exporter = await start();
    },
    close: () => exporter.stop(),
  };
}
