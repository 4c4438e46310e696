import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { describe } from './faults.ts';
import { shorten } from './shrink.ts';
import { play } from './story.ts';

const DAY = 86_400_000;
const YEAR = 365.25 * DAY;

const { values } = parseArgs({
  options: {
    // One story, told line by line.
    seed: { type: 'string' },
    // Many stories, from which seed on, by how many processes side by side.
    seeds: { type: 'string', default: '20' },
    from: { type: 'string', default: '1' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    days: { type: 'string', default: '1' },
    // Ends at the first law that is broken.
    first: { type: 'boolean', default: false },
  },
});
const duration = Number(values.days) * DAY;

/** How a story went. */
interface Told {
  readonly holds: boolean;
  /** Milliseconds of watched targets. */
  readonly targetTime: number;
}

// Many errors are part of a story, and where they come from is seldom asked.
Error.stackTraceLimit = 3;
if (process.send !== undefined) process.on('message', (seed: number) => tell(seed).then(answer));
else if (values.seed !== undefined) exit((await tell(Number(values.seed))).holds);
else exit(await tellMany());

/** Lets processes tell the stories, each the next one, and says how all went. */
async function tellMany(): Promise<boolean> {
  const began = performance.now();
  const first = Number(values.from);
  const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => first + index);
  const jobs = Math.min(Number(values.jobs), seeds.length);
  let targetTime = 0;
  let broken = 0;
  let told = 0;
  const tellNext = async (teller: (seed: number) => Promise<Told>) => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
      const result = await teller(seed);
      told += 1;
      targetTime += result.targetTime;
      if (result.holds) continue;
      broken += 1;
      if (values.first) seeds.length = 0;
    }
  };
  if (jobs === 1) await tellNext(tell);
  else await Promise.all(Array.from({ length: jobs }, () => withProcess(tellNext)));
  const took = Math.round((performance.now() - began) / 1000);
  const years = (targetTime / YEAR).toFixed(2);
  console.log(`${told} stories in ${took} s, ${years} years of targets: ${broken} broke a law`);
  return broken === 0;
}

/** Gives a teller that is a process of its own, and another one where that has ended. */
async function withProcess(use: (teller: (seed: number) => Promise<Told>) => Promise<void>): Promise<void> {
  const start = () => fork(process.argv[1] ?? '', process.argv.slice(2));
  let child = start();
  await use((seed) => {
    if (child.exitCode !== null || child.signalCode !== null) child = start();
    const teller = child;
    teller.send(seed);
    return new Promise((resolve) => {
      // One that ends amid a story has broken a law too.
      const onExit = () => {
        console.log(`seed ${seed}: BROKEN (its process ended)`);
        resolve({ holds: false, targetTime: 0 });
      };
      teller.once('exit', onExit);
      teller.once('message', (told) => {
        teller.off('exit', onExit);
        resolve(told as Told);
      });
    });
  });
  child.kill();
}

async function tell(seed: number): Promise<Told> {
  const began = performance.now();
  const result = await play({ seed, duration });
  const took = ((performance.now() - began) / 1000).toFixed(1);
  const holds = result.broken.length === 0;
  if (values.seed !== undefined) console.log(result.lines.join('\n'));
  const verdict = holds ? 'all laws hold' : 'BROKEN';
  console.log(
    `seed ${seed}: ${verdict} (${result.faults.length} faults, ${result.requests} requests, ${took} s)`,
  );
  if (!holds && !values.first) {
    const shortest = await shorten(seed, duration, result);
    const lines = [
      `  with no more than this, of seed ${seed}:`,
      ...shortest.faults.map(
        (fault) => `  ${new Date(fault.at).toISOString().slice(11, 19)}  ${describe(fault)}`,
      ),
      ...shortest.broken.slice(0, 10).map((law) => `  BROKEN: ${law}`),
    ];
    console.log(lines.join('\n'));
  }
  return { holds, targetTime: result.targetTime };
}

function answer(told: Told): void {
  process.send?.(told);
}

function exit(holds: boolean): void {
  process.exitCode = holds ? 0 : 1;
}
