import { type Browser, chromium } from 'playwright-core';
import { PROGRAMS } from './programs.ts';

const ARGS = [
  // Whoever runs tests may be root, in a container.
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Chromium, with a fresh profile; for what draws pictures too, which is no test. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: PROGRAMS.chromium, args: ARGS });
}
