import { Command as Commander, CommanderError, Option } from 'commander';
import type { Shard } from '../collection/shard.ts';
import type { LoggerOptions, LogLevel } from '../log.ts';
import type { TargetKey } from '../target-key.ts';
import type { ListenAddress } from '../web/access/listen-address.ts';
import { DEFAULT_PATHS, type WebPaths } from '../web/paths.ts';
import type { CollectOptions, Command, LogOptions } from './command.ts';
import {
  parseAddress,
  parseExternalUrl,
  parseInterval,
  parsePrefix,
  parseSeed,
  parseShard,
  parseSpeed,
  parseTarget,
  parseTelemetryPath,
  parseUrl,
} from './flag-values.ts';

const EVERYWHERE: readonly ListenAddress[] = [{ port: 10979 }];
const HELP_WIDTH = 100;
const ALL: Shard = { index: 0, count: 1 };

/** Flags, by the names that commander gives them. */
interface LogFlags {
  readonly 'log.level': LogLevel;
  readonly 'log.format': LoggerOptions['format'];
}

interface CollectFlags extends LogFlags {
  readonly 'config.file': string;
  readonly shard: Shard;
}

interface ListenFlags {
  readonly 'web.listenAddress'?: readonly ListenAddress[];
}

interface ServeFlags extends CollectFlags, ListenFlags {
  readonly 'web.config.file'?: string;
  readonly 'web.enableLifecycle'?: true;
  readonly 'web.telemetryPath': string;
  readonly 'web.externalUrl'?: string;
  readonly 'web.routePrefix'?: string;
  readonly 'config.autoReloadInterval': number;
}

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

interface DemoFlags extends LogFlags, ListenFlags {
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

  const serve = addCollectFlags(program.command('serve', { isDefault: true }))
    .description('run the exporter (the default)')
    .addOption(listenOption())
    .option('--web.config.file <file>', "TLS and users, in the format of Prometheus's exporter-toolkit")
    .option('--web.enable-lifecycle', 'allow a reload by POST /-/reload')
    .addOption(
      new Option('--web.telemetry-path <path>', 'path of the metrics')
        .default(DEFAULT_PATHS.telemetry)
        .argParser(parseTelemetryPath),
    )
    .addOption(
      new Option(
        '--web.external-url <url>',
        'where users reach the exporter, as behind a proxy; its path is the default of the route prefix',
      ).argParser(parseExternalUrl),
    )
    .addOption(
      new Option('--web.route-prefix <path>', 'what all paths of the exporter begin with').argParser(
        parsePrefix,
      ),
    )
    .addOption(
      new Option(
        '--config.auto-reload-interval <duration>',
        'look so often whether the configuration file has changed, and reload it then; 0s: never',
      )
        .default(0, '0s')
        .argParser(parseInterval),
    )
    .action((flags: ServeFlags) =>
      choose({
        kind: 'serve',
        ...collectOptions(flags),
        listen: flags['web.listenAddress'] ?? EVERYWHERE,
        webConfigFile: flags['web.config.file'] ?? '',
        lifecycle: flags['web.enableLifecycle'] ?? false,
        paths: pathsOf(flags),
        externalUrl: flags['web.externalUrl'] ?? '',
        autoReloadInterval: flags['config.autoReloadInterval'],
      }),
    );
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
    .action(({ target, ...flags }: CollectFlags & TargetFlag) =>
      choose({ kind: 'once', ...(target === undefined ? {} : { target }), ...collectOptions(flags) }),
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
    .addOption(listenOption())
    .action((flags: DemoFlags) =>
      choose({
        kind: 'demo',
        seed: flags.seed,
        speed: flags.speed,
        alertmanagers: flags['alertmanager.url'] ?? [],
        listen: flags['web.listenAddress'] ?? EVERYWHERE,
        ...logOptions(flags),
      }),
    );
  return program;
}

function pathsOf(flags: ServeFlags): WebPaths {
  const externalUrl = flags['web.externalUrl'];
  const external = externalUrl === undefined ? undefined : parsePrefix(new URL(externalUrl).pathname);
  const routePrefix = flags['web.routePrefix'] ?? external ?? '';
  return { telemetry: flags['web.telemetryPath'], routePrefix, linkPrefix: external ?? routePrefix };
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

function addCollectFlags(command: Commander): Commander {
  return addLogFlags(command)
    .option('--config.file <file>', 'configuration file', 'config.yaml')
    .addOption(
      new Option('--shard <i/n>', 'watch only one of n shares of the targets, i from 0')
        .default(ALL, '0/1')
        .argParser(parseShard),
    );
}

function addLogFlags(command: Commander): Commander {
  return command
    .addOption(
      new Option('--log.level <level>', 'least severe messages to log')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info'),
    )
    .addOption(
      new Option('--log.format <format>', 'format of log lines')
        .choices(['logfmt', 'json'])
        .default('logfmt'),
    );
}

function listenOption(): Option {
  // Commander would keep a default beside the addresses that are given, so there is none here.
  return new Option(
    '--web.listen-address <host:port>',
    'address to listen on, may be repeated (default: ":10979")',
  ).argParser((text: string, before: readonly ListenAddress[] = []) => [...before, parseAddress(text)]);
}

function logOptions(flags: LogFlags): LogOptions {
  return { logLevel: flags['log.level'], logFormat: flags['log.format'] };
}

function collectOptions(flags: CollectFlags): CollectOptions {
  return { configFile: flags['config.file'], shard: flags.shard, ...logOptions(flags) };
}
