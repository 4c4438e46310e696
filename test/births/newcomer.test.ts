import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Cloud } from '../../src/simulator/cloud.ts';
import { temporaryFolder } from '../collection/temporary-folder.ts';
import { configOf, PROJECT, prodAt } from '../configuration.ts';
import { startTestSimulator } from '../simulator-kit/test-simulator.ts';
import { ScrapedExporter, Scraper } from './scraped-exporter.ts';

const NOW = Date.parse('2024-05-06T07:08:09Z');

test('who was answered once is waited for by the next process, should this one end right after that', async () => {
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  const simulator = await startTestSimulator({ now: () => NOW, cloud });
  const folder = await temporaryFolder();
  const start = (file: string) =>
    // A scrape has nothing read that would be saved.
    ScrapedExporter.start(
      configOf({
        collection: { schedule: 'background' },
        state: { file: join(folder, file) },
        projects: [prodAt(simulator.url)],
      }),
      { clock: () => NOW },
    );
  const exporter = await start('state');
  const scraper = new Scraper();
  onTestFinished(async () => {
    scraper.close();
    await exporter.stop();
    await simulator.close();
  });

  await scraper.scrape(`${exporter.url}/metrics`);
  await copyFile(join(folder, 'state'), join(folder, 'left'));
  const next = await start('left');
  onTestFinished(() => next.stop());
  expect(next.exporter.scrapers.state()).toMatchObject([{ scope: 'everything', interval: 30 }]);
});
