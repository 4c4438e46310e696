import { type Command as Commander, Option } from 'commander';
import type { Shard } from '../collection/shard.ts';
import type { LoggerOptions, LogLevel } from '../log.ts';
import type { ListenAddress } from '../web/access/listen-address.ts';
import type { CollectOptions, LogOptions } from './command.ts';
import { parseAddress, parseShard } from './flag-values.ts';

const EVERYWHERE: readonly ListenAddress[] = [{ port: 10979 }];
const ALL: Shard = { index: 0, count: 1 };

/** Flags, by the names that commander gives them. */
export interface LogFlags {
  readonly 'log.level': LogLevel;
  readonly 'log.format': LoggerOptions['format'];
}

export interface CollectFlags extends LogFlags {
  readonly 'config.file': string;
  readonly shard: Shard;
}

export interface ListenFlags {
  readonly 'web.listenAddress'?: readonly ListenAddress[];
}

export function addCollectFlags(command: Commander): Commander {
  return addLogFlags(command)
    .option('--config.file <file>', 'configuration file', 'config.yaml')
    .addOption(
      new Option('--shard <i/n>', 'watch only one of n shares of the targets, i from 0')
        .default(ALL, '0/1')
        .argParser(parseShard),
    );
}

export function addLogFlags(command: Commander): Commander {
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

export function listenOption(): Option {
  // Commander would keep a default beside the addresses that are given, so there is none here.
  return new Option(
    '--web.listen-address <host:port>',
    'address to listen on, may be repeated (default: ":10979")',
  ).argParser((text: string, before: readonly ListenAddress[] = []) => [...before, parseAddress(text)]);
}

export interface RecordFlag {
  readonly record?: string;
}

export function recordOption(): Option {
  return new Option('--record <file>', 'keep the answers of ModelArts, masked, for demo --replay');
}

export function logOptions(flags: LogFlags): LogOptions {
  return { logLevel: flags['log.level'], logFormat: flags['log.format'] };
}

export function collectOptions(flags: CollectFlags): CollectOptions {
  return { configFile: flags['config.file'], shard: flags.shard, ...logOptions(flags) };
}

export function listenAddresses(flags: ListenFlags): readonly ListenAddress[] {
  return flags['web.listenAddress'] ?? EVERYWHERE;
}
