import type { AlertRecord } from '../../src/alerting/record.ts';
import type { TargetRecord } from '../../src/collection/target-record.ts';
import type { TargetMemory } from '../../src/collection/target-store.ts';
import { systemDisk } from '../../src/disk.ts';
import type { LogFields, Logger } from '../../src/log.ts';
import { openStateFile } from '../../src/state/open-state-file.ts';
import type { StateFile } from '../../src/state/state-file.ts';
import { stateLocks } from '../../src/state/state-lock.ts';
import type { TargetKey } from '../../src/target-key.ts';
import { systemTimers } from '../../src/timers.ts';

/** A service of which so many abnormal events were counted. */
export function recordOf(id: string, abnormal = 0, text = ''): TargetRecord {
  return {
    project: 'prod',
    kind: 'service',
    id,
    knownAt: 1_000,
    discoveredName: undefined,
    origin: 'configured',
    unseen: [],
    hasBeenRead: true,
    lastRead: undefined,
    added: {},
    chronicle: undefined,
    textLanguage: text,
    ledger: {
      cursor: 1_700_000_000_000,
      horizon: null,
      longRead: null,
      known: [['0123456789012345678901', 1, 1_700_000_000_000]],
    },
    tally: {
      totals: [
        [['normal'], 0],
        [['abnormal'], abnormal],
      ],
      last: [['abnormal', 1_700_000_000_000]],
      recent: [['abnormal', [[1_700_000_000_000, abnormal]]]],
    },
    state: { runs: {}, marks: [] },
  };
}

export function keyOf(id: string): TargetKey {
  return { project: 'prod', kind: 'service', id };
}

export function alertOf(message: string): AlertRecord {
  return {
    alertname: 'ModelArtsServiceAbnormalEvent',
    severity: 'warning',
    target: { project: 'prod' },
    labels: {},
    origin: 'event',
    message,
    startsAt: 1,
    at: 1,
    events: 1,
    quietFrom: 1,
    resolvedAt: null,
  };
}

/** Each line as its message and fields. */
export function recordingLog(): Logger & { lines: { message: string; fields: LogFields | undefined }[] } {
  const lines: { message: string; fields: LogFields | undefined }[] = [];
  const write = (message: string, fields?: LogFields) => void lines.push({ message, fields });
  return { debug: write, info: write, warn: write, error: write, lines };
}

/** A state file as the exporter opens it, closed again by the caller. */
export function openAt(file: string, now: number, log = recordingLog()): Promise<StateFile<TargetMemory>> {
  return openStateFile<TargetMemory>(file, {
    disk: systemDisk,
    lockState: stateLocks(systemTimers),
    holder: 'the test',
    startedAt: now,
    clock: () => now,
    log,
  });
}
