import type { Family, SampleSink } from '../../metrics/family.ts';
import type { DetailTable } from '../detail.ts';
import { latestRuns, type Mark, PHASES, type Phase, phaseWords, type Run } from './phases.ts';

/** The latest completed run of each phase, and what it takes to match the next. */
export interface PhaseRuns {
  runs: Partial<Record<Phase, Run>>;
  marks: Mark[];
}

/** Enough for the deployment of a dozen models; a later end needs only its own start. */
const MARKS_MAX = 256;

export function foldMarks(state: PhaseRuns, marks: readonly Mark[]): void {
  if (marks.length === 0) return;
  state.marks = [...state.marks, ...marks].sort((a, b) => a[0] - b[0]).slice(-MARKS_MAX);
  for (const run of latestRuns(state.marks)) {
    if (run.end >= (state.runs[run.phase]?.end ?? 0)) state.runs[run.phase] = run;
  }
}

export function runSamples({ runs }: PhaseRuns, family: Family, sink: SampleSink): void {
  for (const phase of PHASES) {
    const run = runs[phase];
    if (run !== undefined) sink(family, { phase }, run.milliseconds / 1000);
  }
}

export function runTable({ runs }: PhaseRuns): DetailTable {
  return {
    title: 'Latest run of each phase',
    columns: ['Phase', 'Took', 'Ended'],
    rows: PHASES.map((phase) => {
      const run = runs[phase];
      const amount = run === undefined ? undefined : run.milliseconds / 1000;
      const ended = run === undefined ? { note: '' } : { instant: run.end };
      return [{ text: phaseWords(phase) }, { amount, unit: 'seconds' }, ended];
    }),
    empty: 'No phases.',
  };
}
