import type { Config } from '../config/config.ts';
import { EventLog } from '../event-log/event-log.ts';
import { fileSink, streamSink } from '../event-log/line-sink.ts';
import { createExporter, type Exporter, type ExporterOptions } from '../exporter.ts';
import type { Logger } from '../log.ts';
import { stateLocks } from '../state/state-lock.ts';
import { openApis } from './open-apis.ts';
import { openRecorder } from './open-recorder.ts';
import type { Runtime } from './runtime.ts';

interface OpenOptions extends Pick<ExporterOptions, 'shard' | 'durable' | 'eventLog'> {
  /** File for masked answers; empty: none. */
  readonly record?: string;
}

/** An exporter that talks to the real cloud. */
export function openExporter(
  config: Config,
  runtime: Runtime,
  log: Logger,
  { record = '', ...rest }: OpenOptions,
): Promise<Exporter> {
  const recorder = openRecorder(record, config, runtime, log);
  const { clock, timers, disk, startedAt, version, revision } = runtime;
  return createExporter(config, {
    ...rest,
    clock,
    timers,
    disk,
    lockState: stateLocks(timers),
    startedAt,
    version,
    revision,
    log,
    ...openApis(runtime, log, recorder && ((...answered) => recorder.note(...answered))),
  });
}

/** Undefined if the configuration asks for none. */
export function openEventLog({ eventLog }: Config, runtime: Runtime, log: Logger): EventLog | undefined {
  if (eventLog === '') return undefined;
  return new EventLog(
    eventLog === 'stdout' ? streamSink(runtime.stdout) : fileSink(eventLog),
    runtime.timers,
    log,
  );
}
