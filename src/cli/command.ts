import type { Shard } from '../collection/shard.ts';
import type { LoggerOptions, LogLevel } from '../log.ts';
import type { TargetKey } from '../target-key.ts';
import type { ListenAddress } from '../web/access/listen-address.ts';
import type { WebPaths } from '../web/paths.ts';

/** What the user asks for on the command line. */
export type Command =
  | ({
      readonly kind: 'serve';
      readonly listen: readonly ListenAddress[];
      /** Empty: neither TLS nor users. */
      readonly webConfigFile: string;
      readonly lifecycle: boolean;
      readonly paths: WebPaths;
      /** Of the exporter, as users reach it, without a slash at the end. Empty: not known. */
      readonly externalUrl: string;
      /** How often to look whether the configuration file has changed, in milliseconds; 0: never. */
      readonly autoReloadInterval: number;
      /** File for masked answers; empty: none. */
      readonly record: string;
    } & CollectOptions)
  | { readonly kind: 'check-config'; readonly files: readonly string[] }
  | ({ readonly kind: 'once'; readonly target?: TargetKey; readonly record: string } & CollectOptions)
  | ({ readonly kind: 'targets'; readonly json: boolean } & CollectOptions)
  | ({
      readonly kind: 'alerts';
      readonly json: boolean;
      /** Files of an event log to be played instead of collecting. */
      readonly replay: readonly string[];
    } & CollectOptions)
  | ({
      readonly kind: 'doctor';
      readonly configFile: string;
      /** File for the masked report; empty: none. */
      readonly report: string;
      /** File for masked answers; empty: none. */
      readonly record: string;
    } & LogOptions)
  | { readonly kind: 'state'; readonly file: string; readonly json: boolean }
  | { readonly kind: 'healthcheck'; readonly url: string }
  | ({
      readonly kind: 'demo';
      /** File of recorded answers; empty: a simulated cloud lives. */
      readonly replay: string;
      /** File that gets every new event as a line; empty: none. */
      readonly eventLog: string;
      readonly seed: number;
      /** Simulated seconds per second. */
      readonly speed: number;
      /** URLs of Alertmanagers that get the alerts; none: the simulator takes them and forgets them. */
      readonly alertmanagers: readonly string[];
      readonly listen: readonly ListenAddress[];
    } & LogOptions)
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'version' }
  | { readonly kind: 'usage'; readonly message: string };

export interface LogOptions {
  readonly logLevel: LogLevel;
  readonly logFormat: LoggerOptions['format'];
}

export interface CollectOptions extends LogOptions {
  readonly configFile: string;
  readonly shard: Shard;
}
