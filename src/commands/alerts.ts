import { formatAlerts } from '../alerting/alert-table.ts';
import { toPostable } from '../alerting/wire.ts';
import type { CollectOptions } from '../cli.ts';
import type { Host } from './host.ts';
import { collectOnce } from './setup.ts';

/** Collects once and prints the alerts that would be sent. */
export async function alerts(options: CollectOptions & { json: boolean }, host: Host): Promise<number> {
  const exporter = await collectOnce(options, host);
  const firing = exporter.alerts();
  if (options.json) {
    const { interval } = exporter.config().alerting;
    const postable = firing.map((alert) => toPostable(alert, host.clock(), interval));
    host.stdout.write(`${JSON.stringify(postable, undefined, 2)}\n`);
  } else {
    host.stdout.write(formatAlerts(firing));
  }
  const { collector, reporter } = exporter;
  const failed = collector.targets().some(({ health }) => health.up !== true) || reporter.listingsFailed;
  await exporter.stop();
  return failed ? 1 : 0;
}
