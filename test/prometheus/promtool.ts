import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PROGRAMS } from '../programs.ts';

/**
 * Runs Prometheus's promtool.
 * @throws Error with what promtool says where it finds a fault
 */
export async function promtool(...args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(PROGRAMS.promtool, [...args]);
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`promtool ${args.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}
