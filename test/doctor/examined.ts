import { onTestFinished } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { examine, gently, type ProjectReport } from '../../src/doctor/doctor.ts';
import { Overheard } from '../../src/doctor/overheard.ts';
import type { Finding } from '../../src/kinds/examination.ts';
import { type ApiHost, apiFactory } from '../../src/modelarts/api-factory.ts';
import { createBreakers } from '../../src/modelarts/breaker.ts';
import { Quotas } from '../../src/modelarts/quotas.ts';
import { recordingLogger } from '../modelarts/scene.ts';
import { hastyTimers } from '../test-exporter.ts';

/** The doctor's report of the first project, without waiting between two requests. */
export async function examined(
  config: Config,
  clock: () => number,
  onAnswer: ApiHost['onAnswer'] = () => {},
): Promise<ProjectReport> {
  const [first] = config.projects;
  if (first === undefined) throw new Error('no project');
  const project = gently(first);
  const timers = hastyTimers(clock);
  const overheard = new Overheard();
  const createApi = apiFactory({
    clock,
    env: {},
    log: recordingLogger(),
    random: () => 0.5,
    version: '1.2.3',
    timers,
    breakers: createBreakers(timers),
    quotas: new Quotas(clock, timers.now),
    onAnswer: (name, ...answered) => {
      overheard.onAnswer(...answered);
      onAnswer(name, ...answered);
    },
  });
  const api = createApi(project, config, overheard);
  onTestFinished(() => api.close());
  return examine(project, api, overheard, clock);
}

/** What the report says of a topic, with the verdict before it; of the section whose title holds a word, if one is given. */
export function said(report: ProjectReport, topic: string, section = ''): string {
  const findings: readonly Finding[] = report.sections
    .filter(({ title }) => title.includes(section))
    .flatMap((each) => each.findings);
  return findings
    .filter((finding) => finding.topic === topic)
    .map(({ verdict, says }) => `${verdict}: ${says}`)
    .join(' | ');
}
