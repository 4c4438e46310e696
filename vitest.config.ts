import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const E2E = 'test/e2e/**/*.test.ts';
const cores = availableParallelism();

export default defineConfig({
  test: {
    // Long enough for a machine that does something else too.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        // They mostly wait, for other processes and for intervals to pass.
        test: {
          name: 'e2e',
          include: [E2E],
          testTimeout: 300_000,
          maxWorkers: 2 * cores,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [E2E],
          maxWorkers: cores,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
