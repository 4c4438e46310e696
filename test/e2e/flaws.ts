import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What somebody may look with. */
export const LOOKS = {
  light: { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  dark: { colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
  phone: { colorScheme: 'light', viewport: { width: 375, height: 812 } },
} as const;

/** Shows an open page in this look. */
export async function look(page: Page, { colorScheme, viewport }: (typeof LOOKS)[keyof typeof LOOKS]) {
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize(viewport);
}

/** What axe finds on an open page in each look, and by how much the page is wider than the window. */
export async function flaws(page: Page): Promise<string[]> {
  const found: string[] = [];
  await page.evaluate(axe.source);
  for (const [name, one] of Object.entries(LOOKS)) {
    await look(page, one);
    const violations = await page.evaluate<string[]>(
      `axe.run({ resultTypes: ['violations'] })
        .then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))`,
    );
    const excess = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    found.push(...violations.map((violation) => `${name}: ${violation}`));
    if (excess > 0) found.push(`${name}: ${excess} pixels too wide`);
  }
  return found;
}
