import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

const E2E = 'test/e2e/**/*.test.ts';
/** Builds what is handed out, which takes minutes: `npm run test:packages`. */
const PACKAGES = 'test/packages/**/*.test.ts';
/** Needs servers that take minutes to build, where Go is there: `npm run test:current`. */
const CURRENT = 'test/current/**/*.test.ts';

const e2e = { include: [E2E], globalSetup: 'test/e2e/program.ts', testTimeout: 600_000 };
const unit = { include: ['test/**/*.test.ts'], exclude: [E2E, PACKAGES, CURRENT] };
/** Both, of which some wait while others work, by workers that have loaded all modules once. */
const all = { ...e2e, include: unit.include, exclude: [PACKAGES, CURRENT] };

/** `npm test` runs all in one project, and whoever runs some files wants no more than they need. */
export default defineConfig(({ mode }) => ({
  test: {
    setupFiles: 'test/same-cases.ts',
    // Long enough for a machine that does something else too.
    testTimeout: 'FUZZ_TIMES' in process.env ? 0 : 300_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 120_000 } },
    // No module has a state, so that files may share the modules of a worker.
    isolate: false,
    // Most of what a test makes is soon forgotten: with more room for it, less is spent on tidying up.
    execArgv: ['--max-semi-space-size=32'],
    // End-to-end tests mostly wait, for other processes and for intervals to pass, and unit tests mostly work.
    maxWorkers: 3 * availableParallelism(),
    sequence: { sequencer: LongestFirst },
    projects:
      mode === 'all'
        ? [{ extends: true, test: { name: 'all', ...all } }]
        : [
            { extends: true, test: { name: 'e2e', ...e2e } },
            { extends: true, test: { name: 'unit', ...unit } },
            { extends: true, test: { name: 'packages', include: [PACKAGES] } },
            { extends: true, test: { name: 'current', ...e2e, include: [CURRENT] } },
          ],
  },
}));
