import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const E2E = 'test/e2e/**/*.test.ts';
/** Builds what is handed out, which takes minutes: `npm run test:packages`. */
const PACKAGES = 'test/packages/**/*.test.ts';

export default defineConfig({
  test: {
    setupFiles: 'test/same-cases.ts',
    // Long enough for a machine that does something else too.
    testTimeout: 'FUZZ_TIMES' in process.env ? 0 : 300_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 120_000 } },
    // No module has a state, so that files may share the modules of a worker.
    isolate: false,
    // End-to-end tests mostly wait, for other processes and for intervals to pass, and unit tests mostly work.
    maxWorkers: 3 * availableParallelism(),
    projects: [
      {
        extends: true,
        test: { name: 'e2e', include: [E2E], globalSetup: 'test/e2e/program.ts', testTimeout: 600_000 },
      },
      { extends: true, test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [E2E, PACKAGES] } },
      { extends: true, test: { name: 'packages', include: [PACKAGES] } },
    ],
  },
});
