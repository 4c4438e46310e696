import { expect, test } from 'vitest';
import { TARGET_FAMILIES } from '../../src/collection/target-series.ts';
import { KIND_NAMES, rowOf } from '../../src/kind-table.ts';
import { TOTAL_FAMILIES } from '../../src/kinds/kinds.ts';
import { ownExposition } from '../metrics/own-exposition.ts';
import { EXPOSED_METRICS } from '../prometheus/exposed-metrics.ts';
import { expectSections, table } from './document.ts';

/** What identifies the target is said once, above the tables. */
const LABELS_BY_KIND = KIND_NAMES.map((kind) => rowOf(kind).labels);

interface Metric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
}

/** A label with its values, where these are a closed set. */
function labelsOf(name: string): string {
  const labels = EXPOSED_METRICS.get(name) ?? EXPOSED_METRICS.get(`${name}_count`);
  if (labels === undefined) throw new Error(`the labels of ${name} are not known`);
  const ofTarget = LABELS_BY_KIND.find(({ id, name: displayName }) => id in labels && displayName in labels);
  const own = ofTarget === undefined ? [] : ['project', ofTarget.id, ofTarget.name];
  return Object.entries(labels)
    .filter(([label]) => !own.includes(label))
    .map(([label, values]) => {
      // Long or self-evident sets are told once, in the text.
      const known = label === 'kind' ? undefined : values;
      return known === undefined ? `\`${label}\`` : `\`${label}\`: ${known.join(', ')}`;
    })
    .join('; ');
}

function rows(metrics: readonly Metric[]): string {
  return table(
    ['Metric', 'Type', 'Labels', 'Meaning'],
    metrics.map(({ name, type, help }) => [`\`${name}\``, type, labelsOf(name), help]),
  );
}

async function ownMetrics(): Promise<Metric[]> {
  const text = await ownExposition();
  return [...text.matchAll(/^# HELP (modelarts_\w+) (.*)\n# TYPE \w+ (\w+)$/gm)].map(
    ([, name = '', help = '', type = '']) => ({ name, help, type }),
  );
}

const ofPrefix = (prefix: string) => TARGET_FAMILIES.filter(({ name }) => name.startsWith(prefix));

// Run with --update, this writes the tables into the document.
test('docs/metrics.md has every metric', async () => {
  const groups = {
    services: ofPrefix('modelarts_service_'),
    'inference services': ofPrefix('modelarts_inference_service_'),
    'training jobs': ofPrefix('modelarts_training_job_'),
    pools: ofPrefix('modelarts_pool_'),
    projects: Object.values(TOTAL_FAMILIES).flat(),
    targets: ofPrefix('modelarts_target_'),
    exporter: await ownMetrics(),
  };
  // Histograms are listed by their parts there.
  const exposed = [...EXPOSED_METRICS.keys()].filter((name) => name.startsWith('modelarts_'));
  const whole = exposed.map((name) => name.replace(/_(bucket|sum|count)$/, ''));
  expect(new Set(Object.values(groups).flatMap((group) => group.map(({ name }) => name)))).toEqual(
    new Set(whole),
  );
  const tables = Object.entries(groups).map(([mark, metrics]) => [mark, rows(metrics)]);
  await expectSections('docs/metrics.md', Object.fromEntries(tables));
});
