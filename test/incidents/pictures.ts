import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openBrowser } from '../browser.ts';
import { play, STORIES } from './stories.ts';

/** The pages that documents show, or a part of one. The program is run in the folder of the repository. */
const PAGES = {
  'status-page': ['/', 'html'],
  'project-page': ['/?project=prod', '#timeline'],
  'alerts-page': ['/alerts', 'html'],
  'target-page': ['/targets/prod/pool/training-a', 'html'],
  'documentation-page': ['/docs/glossary', 'html'],
} as const;
/** Of 100: the pictures come with the package, which is to stay small. */
const QUALITY = 45;
const SIZE = { width: 1280, height: 860 };

const scene = await play(STORIES['a pool loses half its nodes']);
const web = await scene.open((file) => readFileSync(file, 'utf8'));
const browser = await openBrowser();
const page = await browser.newPage({ viewport: SIZE, colorScheme: 'light' });
const devtools = await page.context().newCDPSession(page);
for (const [name, [path, part]] of Object.entries(PAGES)) {
  await page.goto(`${web.urls[0]}${path}`);
  const box = (await page.locator(part).boundingBox()) ?? { x: 0, y: 0, ...SIZE };
  const clip = { ...box, height: Math.min(box.height, SIZE.height), scale: 1 };
  const { data } = await devtools.send('Page.captureScreenshot', {
    format: 'webp',
    quality: QUALITY,
    clip,
    captureBeyondViewport: true,
  });
  const file = join('docs', 'images', `${name}.webp`);
  await writeFile(file, Buffer.from(data, 'base64'));
  console.log(file);
}
await browser.close();
scene.machine.kill();
await web.close();
