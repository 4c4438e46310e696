import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, those first that wait most: what begins last must not be waited for alone. */
const LONG = [
  'e2e/cluster',
  'e2e/alerting',
  'e2e/increase',
  'e2e/crash',
  'faults/faults',
  'e2e/pages',
  'e2e/cookbook',
  'e2e/dashboards',
  'e2e/incidents',
  'e2e/web-scraping',
  'collection/durable-laws',
  'births/births-laws',
  'e2e/web-pages',
  'stories/first-start-at-quota',
  'docs/runnable',
  'simulation/story',
  'e2e/commands',
  'e2e/secrets',
  'prometheus/rules',
  'e2e/prometheus',
  'e2e/fleet-dashboards',
  'exporter-laws',
  'kinds/inference-service/laws',
];

/** The order of files does not depend on what was measured where they ran before: a fresh clone has nothing of it. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return index < 0 ? LONG.length : index;
    };
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => a.project.name.localeCompare(b.project.name) || rank(a) - rank(b));
  }
}
