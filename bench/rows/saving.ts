import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TargetRecord } from '../../src/collection/target-record.ts';
import type { TargetMemory } from '../../src/collection/target-store.ts';
import { systemDisk } from '../../src/disk.ts';
import { openStateFile } from '../../src/state/open-state-file.ts';
import type { StateFile } from '../../src/state/state-file.ts';
import { stateLocks } from '../../src/state/state-lock.ts';
import { systemTimers } from '../../src/timers.ts';
import type { Row } from '../row.ts';
import { median } from '../statistics.ts';

const TARGETS = 10_000;
const ROUNDS = 21;

/** Saves of the durable state of 10,000 targets: how long, and for how long the event loop stands still. */
export async function saving(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'modelarts-exporter-'));
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const file = await openStateFile<TargetMemory>(join(folder, 'state'), {
    disk: systemDisk,
    lockState: stateLocks(systemTimers),
    holder: 'the benchmark',
    startedAt: 0,
    clock: () => 0,
    log,
  });
  try {
    for (let index = 0; index < TARGETS; index += 1)
      file.records.put({ target: record(index, 0), alerts: [] });
    const rows: Row[] = [];
    for (const changed of [1, TARGETS]) rows.push(...(await measure(file, changed)));
    return rows;
  } finally {
    await file.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(file: StateFile<TargetMemory>, changed: number): Promise<Row[]> {
  const durations: number[] = [];
  const stalls: number[] = [];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (let index = 0; index < changed; index += 1) {
      file.records.put({ target: record(index, round), alerts: [] });
      // As refreshes end: not all within one turn of the loop.
      if (index % 100 === 99) await sleep(0);
    }
    delay.enable();
    await sleep(5);
    delay.reset();
    const began = performance.now();
    await file.save(round);
    durations.push(performance.now() - began);
    await sleep(2);
    delay.disable();
    stalls.push(delay.max / 1e6);
  }
  const what = `save of ${TARGETS.toLocaleString('en')} targets, ${changed.toLocaleString('en')} changed`;
  return [
    row(`${what}: until it is on the disk`, durations, 50),
    row(`${what}: longest stall of the event loop`, stalls, 25),
  ];
}

function row(what: string, values: readonly number[], atMost: number): Row {
  const figure = median(values);
  const measured = `longest of ${ROUNDS}: ${Math.max(...values).toFixed(1)} ms`;
  return { what, measured, against: 'nothing', figure, unit: ' ms', target: { atMost } };
}

/** A service in the middle of its life: some identities within the overlap, events of the last hour, a deployment. */
function record(index: number, round: number): TargetRecord {
  const now = 1_700_000_000_000 + round * 30_000;
  const instants = Array.from({ length: 8 }, (_, event) => now - event * 400_000);
  return {
    project: 'prod',
    kind: 'service',
    id: `11111111-2222-4333-8444-${String(index).padStart(12, '0')}`,
    knownAt: 1_700_000_000_000,
    discoveredName: undefined,
    origin: 'configured',
    unseen: [],
    hasBeenRead: true,
    lastRead: undefined,
    added: {},
    chronicle: undefined,
    textLanguage: '',
    ledger: {
      cursor: now,
      horizon: now - 300_000,
      longRead: null,
      known: instants.slice(0, 4).map((at, event) => [`${index}-${event}`.padStart(22, 'k'), 1, at]),
    },
    tally: {
      totals: [
        [['normal'], 120 + round],
        [['abnormal'], 7],
      ],
      last: [
        ['normal', now],
        ['abnormal', now - 900_000],
      ],
      recent: [['normal', instants.map((at): [number, number] => [at, 1])]],
    },
    state: {
      name: `service-${index}`,
      runs: { model_startup: { phase: 'model_startup', start: now - 60_000, end: now } },
      marks: instants.slice(0, 4).map((at) => [at, 'model_startup', 'start']),
      updates: {
        newest: {
          at: now,
          result: 'success',
          models: [{ id: 'model', name: 'model', version: '0.0.1', instances: 1 }],
        },
        readAt: now,
        stale: false,
        totals: { success: 3, fail: 1, other: 0 },
        counted: [now - 3_000_000, now],
        running: [],
        countedBefore: 0,
      },
    },
  };
}
