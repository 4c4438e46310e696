import type { FleetMemory, TargetMemory } from '../collection/target-store.ts';
import { formatLabels } from '../metrics/lines.ts';
import type { ProjectTotal } from '../metrics/project-totals.ts';
import { readState } from '../state/open-state-file.ts';
import type { StateContent, StateEntry } from '../state/state-format.ts';
import { CommandError } from './command-error.ts';
import { jsonText } from './json-text.ts';
import type { Runtime } from './runtime.ts';
import { formatTable } from './table.ts';

/** Prints a state file, for people who wonder where a number comes from. */
export async function state(file: string, json: boolean, runtime: Runtime): Promise<number> {
  const content = await read(file, runtime);
  if (json) {
    runtime.stdout.write(jsonText(content));
    return 0;
  }
  runtime.stdout.write(`epoch  ${timeOf(content.countingSince)}\nsaved  ${timeOf(content.savedAt)}\n\n`);
  runtime.stdout.write(
    formatTable(
      ['PROJECT', 'KIND', 'ID', 'SINCE', 'CURSOR', 'IDENTITIES', 'EVENTS', 'ALERTS', 'REMOVED'],
      content.entries.map(rowOf),
    ),
  );
  const { eventSums, sums } = content.totals;
  runtime.stdout.write('\nwhat all targets together add up to, those of the past too\n');
  runtime.stdout.write(
    formatTable(['PROJECT', 'KIND', 'SERIES', 'VALUE'], [...eventSums, ...sums].flatMap(sumRows), ['SERIES']),
  );
  return 0;
}

async function read(file: string, { disk }: Runtime): Promise<StateContent<TargetMemory, FleetMemory>> {
  const content = await readState<TargetMemory, FleetMemory>(disk, file).catch((error: unknown) => {
    throw new CommandError(`${file}: ${error instanceof Error ? error.message : String(error)}`, 1);
  });
  if (content === undefined) throw new CommandError(`${file}: there is no such file`, 1);
  return content;
}

function rowOf({ target, alerts, removedAt }: StateEntry<TargetMemory>): string[] {
  const totals = target.tally.totals.filter(([, total]) => total > 0);
  return [
    target.project,
    target.kind,
    target.id,
    timeOf(target.knownAt),
    timeOf(target.ledger.cursor),
    String(target.ledger.known.length),
    totals.map(([labels, total]) => `${labels.join('/')}=${total}`).join(' '),
    String(alerts.filter(({ resolvedAt }) => resolvedAt === null).length),
    timeOf(removedAt),
  ];
}

/** A row for each series that is not 0, as it is exposed; of a histogram its count and its sum. */
function sumRows({ project, kind, series }: ProjectTotal): string[][] {
  return series
    .filter(({ values }) => values.some((value) => value !== 0))
    .flatMap(({ family, labels, values }) => {
      const row = (name: string, value: number) => {
        const own = formatLabels(labels);
        return [project, kind, own === '' ? name : `${name}{${own}}`, String(Number(value.toFixed(6)))];
      };
      if (values.length === 1) return [row(family, values[0] ?? 0)];
      const count = values.slice(0, -1).reduce((sum, each) => sum + each, 0);
      return [row(`${family}_count`, count), row(`${family}_sum`, values.at(-1) ?? 0)];
    });
}

function timeOf(instant: number | null): string {
  return instant === null ? '-' : new Date(instant).toISOString();
}
