import type { Detail } from '../detail.ts';
import { runTable } from '../service/phase-runs.ts';
import type { InferenceServiceState } from './state.ts';

/** What the page of an inference service shows beside its events. */
export function detail(state: InferenceServiceState): Detail {
  const { failureReason, deployments, podTally } = state;
  return {
    tables: [
      {
        title: 'Deployments',
        columns: ['Deployment', 'Version', 'Instances wanted', 'Instances running'],
        rows: deployments.map(({ name = '', version = '', wanted, running }) => [
          { text: name },
          { text: version },
          { amount: wanted, unit: 'pieces' },
          { amount: running, unit: 'pieces' },
        ]),
        empty: 'No deployments.',
      },
      {
        title: 'Why it failed',
        columns: ['In the words of ModelArts'],
        rows: failureReason === undefined ? [] : [[{ text: failureReason }]],
        empty: 'ModelArts names no reason.',
      },
      runTable(state),
      {
        title: 'Pod events since the epoch',
        columns: ['Type', 'Reason', 'Events'],
        rows: podTally.map(([type, reason, count]) => [
          { text: type },
          { text: reason },
          { amount: count, unit: 'pieces' },
        ]),
        empty: 'No pod events.',
      },
    ],
  };
}
