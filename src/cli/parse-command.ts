import { Command as Commander, CommanderError, Option } from 'commander';
import { nearest } from '../config/nearest.ts';
import { addCollecting } from './collecting-commands.ts';
import type { Command } from './command.ts';
import { addDemo } from './demo-command.ts';
import { parseUrl } from './flag-values.ts';
import { addServe } from './serve-command.ts';
import { addLogFlags, type LogFlags, logOptions, type RecordFlag, recordOption } from './shared-flags.ts';

const HELP_WIDTH = 100;

interface JsonFlag {
  readonly json?: true;
}

interface DoctorFlags extends LogFlags, RecordFlag {
  readonly 'config.file': string;
  readonly report?: string;
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
    const meant = nearest(
      first,
      program.commands.map((command) => command.name()),
    );
    const hint = meant === undefined ? '' : ` (Did you mean ${meant}?)`;
    return { kind: 'usage', message: `no such command: ${JSON.stringify(first)}${hint}` };
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
  addCollecting(program, choose);
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
  addDemo(program, choose);
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
