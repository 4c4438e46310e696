import { arch, cpus, platform, totalmem } from 'node:os';
import { formatTable, isMet, type Row } from './row.ts';
import { browsing } from './rows/browsing.ts';
import { freshness } from './rows/freshness.ts';
import { fleetSize, memory, past } from './rows/growing.ts';
import { installing } from './rows/installing.ts';
import { alerting, startUp } from './rows/program.ts';
import { refreshing, requests, wallTime } from './rows/refreshing.ts';
import { rendering } from './rows/rendering.ts';
import { saving } from './rows/saving.ts';
import { scraping } from './rows/scraping.ts';

// Measures what the targets of README.md are about. Arguments pick measurements by name, and cells of one that has them.

const MEASUREMENTS: Readonly<Record<string, (cells: readonly string[]) => Promise<readonly Row[]>>> = {
  rendering,
  scraping,
  browsing,
  saving,
  refreshing,
  wallTime,
  requests,
  past,
  memory,
  fleetSize,
  freshness,
  alerting,
  startUp,
  installing,
};

const words = process.argv.slice(2);
const cells = words.filter((word) => word.includes('@'));
const names = words.filter((word) => !cells.includes(word));
for (const name of names) {
  if (MEASUREMENTS[name] !== undefined) continue;
  console.error(`no measurement ${name}; there are ${Object.keys(MEASUREMENTS).join(', ')}`);
  process.exit(2);
}

const [cpu] = cpus();
console.log(
  `Node ${process.version} on ${platform()}-${arch()}, ${cpus().length} x ${cpu?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${new Date().toISOString().slice(0, 10)}\n`,
);
const rows: Row[] = [];
for (const [name, measure] of Object.entries(MEASUREMENTS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  console.error(`measuring: ${name}`);
  rows.push(...(await measure(cells)));
}
console.log(formatTable(rows));
process.exitCode = rows.every((row) => isMet(row) === true) ? 0 : 1;
