#!/usr/bin/env node
import { constants } from 'node:os';
import { formatBuildInfo, readBuildInfo } from './build-info.ts';
import type { Command } from './cli/command.ts';
import { parseCommand } from './cli/parse-command.ts';
import { CommandError, ConfigurationError } from './commands/command-error.ts';
import type { Runtime } from './commands/runtime.ts';
import { systemDisk } from './disk.ts';
import { systemTimers } from './timers.ts';

/** Milliseconds that the output of a command that was ended is given to be read. */
const EXIT_WAIT_MAX = 500;

// The composition root: the only module that touches the process.

/** Loads only what the command needs, so that the health check of a container, twice a minute, stays cheap. */
async function perform(command: Command, runtime: Runtime): Promise<number> {
  switch (command.kind) {
    case 'serve':
      return (await import('./commands/serve.ts')).serve(command, runtime);
    case 'check-config':
      return (await import('./commands/check-config.ts')).checkConfig(command.files, runtime);
    case 'once':
      return (await import('./commands/once.ts')).once(command, runtime);
    case 'targets':
      return (await import('./commands/targets.ts')).targets(command, runtime);
    case 'alerts':
      return (await import('./commands/alerts.ts')).alerts(command, runtime);
    case 'doctor':
      return (await import('./commands/doctor.ts')).doctor(command, runtime);
    case 'state':
      return (await import('./commands/state.ts')).state(command.file, command.json, runtime);
    case 'healthcheck':
      return (await import('./commands/healthcheck.ts')).healthcheck(command.url, runtime);
    case 'demo':
      return (await import('./commands/demo.ts')).demo(command, runtime);
    case 'help':
      runtime.stdout.write(command.text);
      return 0;
    case 'version':
      runtime.stdout.write(formatBuildInfo(readBuildInfo()));
      return 0;
    case 'usage':
      runtime.stderr.write(`${command.message} (see --help)\n`);
      return 2;
  }
}

/** @param runsUntilEnded the command ends only when it is asked to, and then has to save what it knows */
function runtimeOfProcess(runsUntilEnded: boolean): Runtime {
  const ending = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      // Such a command has nothing to save. And who asks twice does not want to wait.
      if (!runsUntilEnded || ending.signal.aborted) process.exit(128 + constants.signals[signal]);
      ending.abort();
    });
  }
  // By default SIGHUP ends a process. It may come before there is an exporter to reload.
  if (runsUntilEnded) process.on('SIGHUP', () => {});
  const { version, revision } = readBuildInfo();
  return {
    // Opened only by who reads it.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    clock: Date.now,
    timers: systemTimers,
    disk: systemDisk,
    startedAt: Math.floor(performance.timeOrigin),
    random: Math.random,
    version,
    revision,
    ending: ending.signal,
    onReload: (reload) => process.on('SIGHUP', reload),
  };
}

function report(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  // Editors and scripts look for FILE:LINE:COLUMN at the beginning of a line.
  const prefix = error instanceof ConfigurationError ? '' : 'modelarts-exporter: ';
  process.stderr.write(`${prefix}${message}\n`);
  return error instanceof CommandError ? error.exitCode : 1;
}

// With `modelarts-exporter once | head` the reader closes the pipe early. That is no failure of the command.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});
const command = parseCommand(process.argv.slice(2));
const runsUntilEnded = command.kind === 'serve' || command.kind === 'demo';
// Not awaited: the single executable is bundled as CommonJS, which can't.
void perform(command, runtimeOfProcess(runsUntilEnded))
  .catch(report)
  .then((code) => {
    process.exitCode = code;
    // What is still to be written to a pipe that nobody reads would keep the process for ever.
    if (runsUntilEnded) setTimeout(() => process.exit(), EXIT_WAIT_MAX).unref();
  });
