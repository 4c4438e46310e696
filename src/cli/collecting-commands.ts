import { type Command as Commander, Option } from 'commander';
import type { TargetKey } from '../target-key.ts';
import type { Command } from './command.ts';
import { parseTarget } from './flag-values.ts';
import {
  addCollectFlags,
  type CollectFlags,
  collectOptions,
  type RecordFlag,
  recordOption,
} from './shared-flags.ts';

interface TargetFlag {
  readonly target?: TargetKey;
}

interface JsonFlag {
  readonly json?: true;
}

interface AlertsFlags extends CollectFlags {
  readonly json?: boolean;
  readonly replay?: readonly string[];
}

/** Adds the commands that collect once and print what they got. */
export function addCollecting(program: Commander, choose: (command: Command) => void): void {
  addCollectFlags(program.command('once'))
    .description('collect once and print the metrics')
    .addOption(
      new Option('--target <project/kind/id>', 'read only this one, and print its metrics').argParser(
        parseTarget,
      ),
    )
    .addOption(recordOption())
    .action(({ target, record = '', ...flags }: CollectFlags & TargetFlag & RecordFlag) =>
      choose({ kind: 'once', record, ...(target === undefined ? {} : { target }), ...collectOptions(flags) }),
    );
  addCollectFlags(program.command('targets'))
    .description('print the configured and the discovered targets')
    .option('--json', 'as JSON')
    .action((flags: CollectFlags & JsonFlag) =>
      choose({ kind: 'targets', json: flags.json ?? false, ...collectOptions(flags) }),
    );
  addCollectFlags(program.command('alerts'))
    .description('collect once and print the alerts that would be sent, or those that an event log tells of')
    .option('--json', 'as JSON')
    .addOption(
      new Option(
        '--replay <file>',
        'play this event log through the rules instead of collecting, may be repeated; - is the standard input',
      ).argParser((file: string, before: readonly string[] = []) => [...before, file]),
    )
    .action(({ json = false, replay = [], ...flags }: AlertsFlags) =>
      choose({ kind: 'alerts', json, replay, ...collectOptions(flags) }),
    );
}
