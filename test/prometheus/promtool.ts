import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PROGRAMS } from '../programs.ts';

/**
 * Runs Prometheus's promtool.
 * @throws Error with what promtool says where it finds a fault
 */
export async function promtool(...args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(PROGRAMS.promtool, [...args], {
      // It ends soon, and by default takes a quarter of its time to tidy up before that.
      env: { ...process.env, GOGC: '400' },
    });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`promtool ${args.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}
