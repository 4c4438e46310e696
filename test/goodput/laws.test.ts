import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Exporter } from '../../src/exporter.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import { parseSamples } from '../collection/running-exporter.ts';
import { PROJECT } from '../configuration.ts';
import { runs } from '../laws.ts';
import { type JobStory, jobAt, jobStories } from './job-story.ts';
import { truthOf } from './job-truth.ts';
import { restartingExporter } from './restarting-exporter.ts';

const BEGINNING = Date.parse('2024-05-06T07:00:00Z');

/** Seconds until the next listing, and whether the exporter is started anew before it. */
const steps = fc.array(fc.record({ wait: fc.integer({ min: 1, max: 900 }), restarts: fc.boolean() }), {
  minLength: 1,
  maxLength: 8,
});

const DISCOVERY = { training_jobs: { enabled: true, refresh: '30s' } };

/** The series of the project that are not 0, as the truth names them. */
async function shown(exporter: Exporter): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const [series, value] of parseSamples(await exporter.metrics.text('text'))) {
    const [, name, labels = ''] = /^modelarts_training_(\w+)\{(.*)\}$/.exec(series) ?? [];
    if (
      name === undefined ||
      name.endsWith('_bucket') ||
      name === 'jobs' ||
      name.startsWith('job_stage') ||
      value === 0
    )
      continue;
    const values = [...labels.matchAll(/\w+="([^"]*)"/g)].map(([, text = '']) => text).slice(1);
    found.set([name, ...values].join(' '), value);
  }
  return found;
}

/** Plays stories against an exporter that lists at these steps, and holds its metrics to the truth each time. */
async function hold(stories: readonly JobStory[], schedule: readonly { wait: number; restarts: boolean }[]) {
  const cloud = new Cloud();
  let now = BEGINNING;
  const play = () => {
    for (const story of stories) {
      const job = jobAt(story, BEGINNING, now);
      if (job !== undefined) cloud.addJob(PROJECT, job);
    }
  };
  const running = await restartingExporter(cloud, () => now, DISCOVERY);
  try {
    for (const { wait, restarts } of schedule) {
      if (restarts) await running.restart();
      now += wait * 1000;
      play();
      await running.exporter.collector.discover();
      await running.exporter.collector.flush();
      expect(await shown(running.exporter)).toEqual(truthOf(stories, 0, (now - BEGINNING) / 1000));
    }
  } finally {
    await running.close();
  }
}

test('what a project is told of its training jobs is the truth, whenever it is listed and over restarts', async () => {
  await fc.assert(fc.asyncProperty(jobStories, steps, hold), { ...runs(40), endOnFailure: true });
});
