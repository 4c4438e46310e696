import { Command as Commander, CommanderError, Option } from 'commander';
import type { TargetKey } from '../target-key.ts';
import type { Command } from './command.ts';
import { parseSeed, parseSpeed, parseTarget, parseUrl } from './flag-values.ts';
import { addServe } from './serve-command.ts';
import {
  addCollectFlags,
  addLogFlags,
  type CollectFlags,
  collectOptions,
  type ListenFlags,
  type LogFlags,
  listenAddresses,
  listenOption,
  logOptions,
  type RecordFlag,
  recordOption,
} from './shared-flags.ts';

const HELP_WIDTH = 100;

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

interface DoctorFlags extends LogFlags, RecordFlag {
  readonly 'config.file': string;
  readonly report?: string;
}

interface DemoFlags extends LogFlags, ListenFlags {
  readonly eventLog?: string;
  readonly replay?: string;
  readonly seed: number;
  readonly speed: number;
  readonly 'alertmanager.url'?: readonly string[];
}

/** Reads the arguments after the program's name. Wrong arguments make the command `usage`. */
export function parseCommand(args: readonly string[]): Command {
  const chosen: Command[] = [];
  let text = '';
  const program = buildProgram(
    (command) => chosen.push(command),
    (part) => {
      text += part;
    },
  );
  const [first = '-'] = args;
  const known = program.commands.some((command) => command.name() === first);
  // Commander would hand an unknown command to `serve` and then complain of too many arguments.
  if (!known && first !== 'help' && !first.startsWith('-')) {
    return { kind: 'usage', message: `no such command: ${JSON.stringify(first)}` };
  }
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.version') return { kind: 'version' };
    if (error.exitCode === 0) return { kind: 'help', text };
    return { kind: 'usage', message: error.message.replace(/^error: /, '').replaceAll('\n', ' ') };
  }
  return chosen[0] ?? { kind: 'usage', message: 'no command' };
}

function buildProgram(choose: (command: Command) => void, write: (text: string) => void): Commander {
  const program: Commander = new Commander('modelarts-exporter')
    .description('Prometheus exporter and alert bridge for Huawei Cloud ModelArts.')
    // A subcommand copies these settings when it is made, so they are set before the first one.
    .exitOverride()
    .configureOutput({
      writeOut: write,
      writeErr: () => undefined,
      getOutHelpWidth: () => HELP_WIDTH,
      getOutHasColors: () => false,
    })
    .version('', '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText(
      'after',
      () => `
Flags of serve, which runs when no command is given:
${flagsOf(serve)}

The flags of another command: modelarts-exporter COMMAND --help.`,
    );

  const serve = addServe(program, choose);
  program
    .command('check-config')
    .description('tell everything that is wrong with configuration files')
    .argument('<file...>', 'configuration files')
    .action((files: readonly string[]) => choose({ kind: 'check-config', files }));
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
  addLogFlags(program.command('doctor'))
    .description(
      'read once and gently what the exporter would need, and say what works, what is refused and how this cloud reads the documents',
    )
    .option('--config.file <file>', 'configuration file', 'config.yaml')
    .option('--report <file>', 'write the report with ids and texts masked, to be attached to an issue')
    .addOption(recordOption())
    .action(({ report = '', record = '', ...flags }: DoctorFlags) =>
      choose({ kind: 'doctor', configFile: flags['config.file'], report, record, ...logOptions(flags) }),
    );
  program
    .command('state')
    .description('print a state file')
    .argument('<file>', 'state file')
    .option('--json', 'as JSON')
    .action((file: string, { json }: JsonFlag) => choose({ kind: 'state', file, json: json ?? false }));
  program
    .command('healthcheck')
    .description('exit with 0 when a running exporter is healthy, for containers')
    .addOption(
      new Option('--url <url>', 'address of the exporter')
        .default('http://localhost:10979')
        .argParser(parseUrl),
    )
    .action(({ url }: { url: string }) => choose({ kind: 'healthcheck', url }));
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
  return program;
}

function flagsOf(command: Commander): string {
  const help = command.createHelp();
  help.prepareContext({ helpWidth: HELP_WIDTH });
  const width = help.padWidth(command, help);
  return help
    .visibleOptions(command)
    .filter(({ long }) => long !== '--help')
    .map((flag) => help.formatItem(help.optionTerm(flag), width, help.optionDescription(flag), help))
    .join('\n');
}
