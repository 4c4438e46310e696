import type { Command } from '../cli.ts';
import { parseConfig } from '../config/parse.ts';
import { formatProblem } from '../config/problem.ts';
import { startDemo } from '../simulator/world/demo.ts';
import { ConfigurationError } from './command-error.ts';
import type { Runtime } from './runtime.ts';
import { run } from './serve.ts';
import { openLog } from './setup.ts';

/** Runs the exporter on a simulated cloud that lives, until the process is asked to end. */
export async function demo(options: Extract<Command, { kind: 'demo' }>, runtime: Runtime): Promise<number> {
  const say = (text: string) => runtime.stdout.write(`${text}\n`);
  const cloud = await startDemo({
    now: runtime.clock,
    seed: options.seed,
    speed: options.speed,
    onStory: (text, at) => say(`${new Date(at).toISOString().slice(11, 19)}  ${text}`),
  });
  try {
    const parsed = parseConfig(cloud.configYaml, { file: 'demo', env: {}, directory: '.' });
    if (!parsed.ok) throw new ConfigurationError(parsed.problems.map(formatProblem), 2);
    const { config } = parsed;
    const serving = { ...options, webConfigFile: '', lifecycle: true, shard: { index: 0, count: 1 } };
    return await run(
      config,
      serving,
      runtime,
      openLog(options, runtime),
      async () => config,
      (urls) => {
        const [url = ''] = urls;
        say('A simulated ModelArts is running, and the exporter reads it:');
        for (const line of cloud.description) say(`  ${line}`);
        say('');
        say(`  status page   ${url}/`);
        say(`  metrics       ${url}/metrics`);
        say(`  alerts        ${url}/api/v1/alerts`);
        say(`  ModelArts     ${cloud.simulator.url}`);
        say('');
        say('Ctrl-C ends it. What happens in the cloud:');
      },
    );
  } finally {
    await cloud.close();
  }
}
