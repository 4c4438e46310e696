import { open } from 'node:fs/promises';
import type { Command } from '../cli/command.ts';
import { unwritable } from '../config/read-file.ts';
import { examine, gently, type ProjectReport } from '../doctor/doctor.ts';
import { Overheard } from '../doctor/overheard.ts';
import { AS_IT_IS, problemsIn, reportText } from '../doctor/report.ts';
import type { Mask } from '../recording/mask.ts';
import { CommandError } from './command-error.ts';
import { openApis } from './open-apis.ts';
import { openLog } from './open-log.ts';
import { freshMask, openRecorder } from './open-recorder.ts';
import { requireConfig } from './read-config.ts';
import type { Runtime } from './runtime.ts';

/** Reads once and gently what the exporter would need, and says what works. The exit code is 1 if something does not. */
export async function doctor(
  options: Extract<Command, { kind: 'doctor' }>,
  runtime: Runtime,
): Promise<number> {
  const { clock, version } = runtime;
  const asConfigured = await requireConfig(options.configFile, runtime);
  const config = { ...asConfigured, projects: asConfigured.projects.map(gently) };
  const log = openLog(options, runtime);
  const mask = freshMask();
  const recorder = openRecorder(options.record, config, runtime, log, mask);
  const overheard = new Map(config.projects.map(({ name }) => [name, new Overheard()]));
  const { createApi } = openApis(runtime, log, (project, call, answer) => {
    overheard.get(project)?.onAnswer(call, answer);
    recorder?.note(project, call, answer);
  });
  const reports: ProjectReport[] = [];
  for (const project of config.projects) {
    const heard = overheard.get(project.name) ?? new Overheard();
    const api = createApi(project, config, heard);
    reports.push(await examine(project, api, heard, clock).finally(() => api.close()));
  }
  runtime.stdout.write(reportText(reports, version, clock(), AS_IT_IS));
  if (options.report !== '') await writeReport(options.report, reports, mask, runtime);
  return problemsIn(reports) > 0 ? 1 : 0;
}

/** With ids and texts masked, for its owner to attach to an issue. */
async function writeReport(
  path: string,
  reports: readonly ProjectReport[],
  mask: Mask,
  { version, clock }: Runtime,
): Promise<void> {
  try {
    await using file = await open(path, 'w', 0o600);
    await file.chmod(0o600);
    await file.writeFile(reportText(reports, version, clock(), mask));
  } catch (error) {
    throw new CommandError(`${path}: ${unwritable(error).message}`, 1);
  }
}
