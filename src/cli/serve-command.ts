import { type Command as Commander, Option } from 'commander';
import { DEFAULT_PATHS, type WebPaths } from '../web/paths.ts';
import type { Command } from './command.ts';
import { parseExternalUrl, parseInterval, parsePrefix, parseTelemetryPath } from './flag-values.ts';
import {
  addCollectFlags,
  type CollectFlags,
  collectOptions,
  type ListenFlags,
  listenAddresses,
  listenOption,
  type RecordFlag,
  recordOption,
} from './shared-flags.ts';

interface ServeFlags extends CollectFlags, ListenFlags, RecordFlag {
  readonly 'web.config.file'?: string;
  readonly 'web.enableLifecycle'?: true;
  readonly 'web.telemetryPath': string;
  readonly 'web.externalUrl'?: string;
  readonly 'web.routePrefix'?: string;
  readonly 'config.autoReloadInterval': number;
}

/** Adds the command that runs the exporter. */
export function addServe(program: Commander, choose: (command: Command) => void): Commander {
  return addCollectFlags(program.command('serve', { isDefault: true }))
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
    .addOption(recordOption())
    .action((flags: ServeFlags) =>
      choose({
        kind: 'serve',
        ...collectOptions(flags),
        listen: listenAddresses(flags),
        webConfigFile: flags['web.config.file'] ?? '',
        lifecycle: flags['web.enableLifecycle'] ?? false,
        paths: pathsOf(flags),
        externalUrl: flags['web.externalUrl'] ?? '',
        autoReloadInterval: flags['config.autoReloadInterval'],
        record: flags.record ?? '',
      }),
    );
}

function pathsOf(flags: ServeFlags): WebPaths {
  const externalUrl = flags['web.externalUrl'];
  const external = externalUrl === undefined ? undefined : parsePrefix(new URL(externalUrl).pathname);
  const routePrefix = flags['web.routePrefix'] ?? external ?? '';
  return { telemetry: flags['web.telemetryPath'], routePrefix, linkPrefix: external ?? routePrefix };
}
