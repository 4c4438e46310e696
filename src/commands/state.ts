import type { FleetMemory, TargetMemory } from '../collection/target-store.ts';
import { readState } from '../state/open-state-file.ts';
import type { StateContent, StateEntry } from '../state/state-format.ts';
import { CommandError } from './command-error.ts';
import type { Runtime } from './runtime.ts';
import { formatTable } from './table.ts';

/** Prints a state file, for people who wonder where a number comes from. */
export async function state(file: string, json: boolean, runtime: Runtime): Promise<number> {
  const content = await read(file, runtime);
  if (json) {
    runtime.stdout.write(`${JSON.stringify(content, undefined, 2)}\n`);
    return 0;
  }
  runtime.stdout.write(`epoch  ${timeOf(content.countingSince)}\nsaved  ${timeOf(content.savedAt)}\n\n`);
  runtime.stdout.write(
    formatTable(
      ['PROJECT', 'KIND', 'ID', 'SINCE', 'CURSOR', 'IDENTITIES', 'EVENTS', 'ALERTS', 'REMOVED'],
      content.entries.map(rowOf),
    ),
  );
  runtime.stdout.write('\nall targets together, those of the past too\n');
  runtime.stdout.write(
    formatTable(
      ['PROJECT', 'KIND', 'PROBLEMS', 'OTHERS'],
      content.totals.events.map(({ project, kind, problems, others }) => [
        project,
        kind,
        String(problems),
        String(others),
      ]),
    ),
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

function timeOf(instant: number | null): string {
  return instant === null ? '-' : new Date(instant).toISOString();
}
