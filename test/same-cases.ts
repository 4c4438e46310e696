import fc from 'fast-check';
import { lawSeed, runs } from './laws.ts';

// Runs before every file of tests: properties draw the same cases each time.
const seed = lawSeed();
fc.configureGlobal({ ...runs(100), ...(seed !== undefined && { seed }) });
