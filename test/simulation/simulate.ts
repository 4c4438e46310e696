import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { describe, type Fault } from './faults.ts';
import { play, type StoryResult } from './story.ts';

const DAY = 86_400_000;

const { values } = parseArgs({
  options: {
    // One story, told line by line.
    seed: { type: 'string' },
    // Many stories, from which seed and every how many of them.
    seeds: { type: 'string', default: '20' },
    from: { type: 'string', default: '1' },
    step: { type: 'string' },
    days: { type: 'string', default: '1' },
    // Ends at the first law that is broken.
    first: { type: 'boolean', default: false },
  },
});
const duration = Number(values.days) * DAY;

if (values.seed !== undefined) await tell([Number(values.seed)], true);
else if (values.step !== undefined) await tell(seeds(Number(values.step)), false);
else await share(availableParallelism());

function seeds(step: number): number[] {
  const first = Number(values.from);
  const count = Math.ceil(Number(values.seeds) / step);
  return Array.from({ length: count }, (_, index) => first + index * step);
}

/** Lets so many processes tell their share of the stories side by side. */
async function share(processes: number): Promise<void> {
  const codes = Array.from({ length: processes }, async (_, index) => {
    const options = {
      seeds: values.seeds,
      days: values.days,
      from: Number(values.from) + index,
      step: processes,
    };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const child = spawn(process.execPath, [process.argv[1] ?? '', ...args], { stdio: 'inherit' });
    const [code] = await once(child, 'exit');
    return code;
  });
  process.exitCode = (await Promise.all(codes)).every((code) => code === 0) ? 0 : 1;
}

async function tell(chosen: readonly number[], isToldWhole: boolean): Promise<void> {
  for (const seed of chosen) {
    const began = performance.now();
    const result = await play({ seed, duration });
    const took = ((performance.now() - began) / 1000).toFixed(1);
    if (isToldWhole) console.log(result.lines.join('\n'));
    const holds = result.broken.length === 0;
    const verdict = holds ? 'all laws hold' : 'BROKEN';
    console.log(
      `seed ${seed}: ${verdict} (${result.faults.length} faults, ${result.requests} requests, ${took} s)`,
    );
    if (holds) continue;
    process.exitCode = 1;
    if (values.first) return;
    const shortest = await shorten(seed, result);
    console.log(`  with no more than this, of seed ${seed}:`);
    for (const fault of shortest.faults) console.log(`  ${timeOf(fault)}  ${describe(fault)}`);
    for (const law of shortest.broken.slice(0, 10)) console.log(`  ${law}`);
  }
}

/** Leaves out one fault after the other, as long as a law is broken without it. */
async function shorten(seed: number, result: StoryResult): Promise<StoryResult> {
  let shortest = result;
  for (const fault of result.faults) {
    const faults = shortest.faults.filter((each) => each !== fault);
    const without = await play({ seed, duration, faults });
    if (without.broken.length > 0) shortest = without;
  }
  return shortest;
}

function timeOf({ at }: Fault): string {
  return new Date(at).toISOString().slice(11, 19);
}
