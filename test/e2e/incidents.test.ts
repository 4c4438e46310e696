import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { openBrowser } from '../browser.ts';
import { play, STORIES, type Story } from '../incidents/stories.ts';
import { testWith } from '../programs.ts';
import { LOOKS, look } from './flaws.ts';

const test = testWith('chromium');

/** Folder for pictures of all pages of the stories; empty: none. */
const PICTURES = process.env['PICTURES'] ?? '';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** One night is like the other but for its last hour, so that the day before it is played once. */
const days = new Map<string, Buffer>();

/** What somebody reads without scrolling. */
function firstScreen(page: Page): Promise<string> {
  const script = `[...document.querySelectorAll('.tiles, #summary > p, #alerts li, #targets tr, #events li')]
    .filter((each) => each.getBoundingClientRect().bottom <= innerHeight).map((each) => each.innerText).join('\\n')`;
  return page.evaluate(script);
}

test.each(Object.entries<Story>(STORIES))(
  '%s: what, since when, whose and what to do',
  async (name, story) => {
    const scene = await play(story, { days });
    const web = await scene.open();
    const [base = ''] = web.urls;
    try {
      const page = await browser.newPage();
      const see = async (what: string) => {
        for (const [one, options] of Object.entries(LOOKS)) {
          await look(page, options);
          expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), what).toBe(0);
          if (PICTURES === '') continue;
          await mkdir(PICTURES, { recursive: true });
          const path = join(PICTURES, `${name.replaceAll(' ', '-')}.${what}.${one}.png`);
          await page.screenshot({ path, fullPage: true });
        }
      };
      for (const path of ['alerts', '?project=prod']) {
        await page.goto(`${base}/${path}`);
        await see(path.replace('?project=', ''));
      }
      // Nothing is clicked for what is wrong, since when and with whom,
      await page.goto(base);
      await see('front');
      for (const [one, options] of Object.entries(LOOKS)) {
        await look(page, options);
        expect(await firstScreen(page), one).toMatch(story.front);
      }
      // once for what to do,
      const runbook = page
        .locator('#alerts')
        .getByRole('link', { name: /^What to do on / })
        .first();
      if (story.runbook !== undefined) {
        expect(await runbook.getAttribute('href')).toBe(`/docs/runbooks#${story.runbook}`);
        await runbook.click();
        await page.waitForURL(`${base}/docs/runbooks#${story.runbook}`);
        expect(await page.locator(`#${story.runbook}`).isVisible()).toBe(true);
        await page.goBack();
      }
      // and once for the whole story.
      await page.getByRole('link', { name: story.target, exact: true }).first().click();
      await page.waitForURL(`${base}/targets/**`);
      await see('target');
      for (const [one, options] of Object.entries(LOOKS)) {
        await look(page, options);
        expect((await page.locator('main').allInnerTexts()).join(), one).toMatch(story.told);
      }
      await page.close();
    } finally {
      scene.machine.kill();
      await web.close();
    }
  },
);
