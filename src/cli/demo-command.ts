import { type Command as Commander, Option } from 'commander';
import type { Command } from './command.ts';
import { parseSeed, parseSpeed, parseUrl } from './flag-values.ts';
import {
  addLogFlags,
  type ListenFlags,
  type LogFlags,
  listenAddresses,
  listenOption,
  logOptions,
} from './shared-flags.ts';

interface DemoFlags extends LogFlags, ListenFlags {
  readonly eventLog?: string;
  readonly replay?: string;
  readonly seed: number;
  readonly speed: number;
  readonly 'alertmanager.url'?: readonly string[];
}

/** Adds the command that runs the exporter on a simulated cloud. */
export function addDemo(program: Commander, choose: (command: Command) => void): void {
  addLogFlags(program.command('demo'))
    .description('run on an embedded ModelArts simulator: no account, no configuration')
    .addOption(
      new Option('--seed <number>', 'what happens is the same for the same seed')
        .default(1)
        .argParser(parseSeed),
    )
    .addOption(
      new Option('--speed <factor>', 'how fast time goes in the simulator').default(1).argParser(parseSpeed),
    )
    .addOption(
      new Option(
        '--alertmanager.url <url>',
        'send the alerts to this Alertmanager, may be repeated',
      ).argParser((text: string, before: readonly string[] = []) => [...before, parseUrl(text)]),
    )
    .option('--event-log <file>', 'write every new event to this file, as a line of JSON')
    .option('--replay <file>', 'play the answers that --record kept, in the place of a simulated cloud')
    .addOption(listenOption())
    .action((flags: DemoFlags) =>
      choose({
        kind: 'demo',
        replay: flags.replay ?? '',
        eventLog: flags.eventLog ?? '',
        seed: flags.seed,
        speed: flags.speed,
        alertmanagers: flags['alertmanager.url'] ?? [],
        listen: listenAddresses(flags),
        ...logOptions(flags),
      }),
    );
}
