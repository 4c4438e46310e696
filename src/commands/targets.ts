import type { CollectOptions } from '../cli/command.ts';
import type { Project } from '../collection/project.ts';
import { isInShard, type Shard } from '../collection/shard.ts';
import { KIND_NAMES, type KindName, supersederOf } from '../kind-table.ts';
import { jsonText } from './json-text.ts';
import { openExporter } from './open-exporter.ts';
import { openLog } from './open-log.ts';
import { requireConfig } from './read-config.ts';
import type { Runtime } from './runtime.ts';
import { formatTable } from './table.ts';
import { unreadWords } from './unread.ts';

interface Row {
  readonly project: string;
  readonly kind: KindName;
  readonly id: string;
  readonly name: string | undefined;
  readonly collected: boolean;
  /** `configured`, `discovered`, or the rule that keeps it out. */
  readonly why: string;
}

/** Prints every target that is configured or discovered, and why it is collected or not. */
export async function targets(
  options: CollectOptions & { json: boolean },
  runtime: Runtime,
): Promise<number> {
  const config = await requireConfig(options.configFile, runtime);
  const exporter = await openExporter(config, runtime, openLog(options, runtime), {
    shard: options.shard,
    durable: false,
  });
  await exporter.collector.discover();
  const rows = exporter.collector
    .projects()
    .flatMap((project) => KIND_NAMES.flatMap((kind) => rowsOf(project, kind, options.shard)));
  if (options.json) runtime.stdout.write(jsonText(rows));
  else {
    const cells = rows.map(({ project, kind, id, name, collected, why }) => [
      project,
      kind,
      id,
      name ?? '',
      collected ? 'yes' : 'no',
      why,
    ]);
    runtime.stdout.write(formatTable(['PROJECT', 'KIND', 'ID', 'NAME', 'COLLECTED', 'WHY'], cells));
  }
  const failed = exporter.collector.failingListings().length > 0;
  if (failed) runtime.stderr.write(`${unreadWords(exporter.collector)}\n`);
  await exporter.stop();
  return failed ? 1 : 0;
}

function rowsOf(project: Project, kind: KindName, shard: Shard): Row[] {
  const { config } = project;
  const base = { project: config.name, kind };
  const superseded = project.superseded(kind);
  const rows = new Map<string, Row>();
  for (const { id, name, excluded } of project.discovered(kind).values()) {
    const against = excluded ?? (superseded.has(id) ? `collected as ${supersederOf(kind)}` : undefined);
    rows.set(id, { ...base, id, name, collected: against === undefined, why: against ?? 'discovered' });
  }
  for (const { id, name } of config.targets[kind]) {
    const known = rows.get(id);
    rows.set(id, { ...base, id, name: name ?? known?.name, collected: true, why: 'configured' });
  }
  return [...rows.values()].map((row) =>
    isInShard(shard, row) ? row : { ...row, collected: false, why: 'another shard' },
  );
}
