import type { Command } from '../cli/command.ts';
import { parseConfig } from '../config/parse.ts';
import { formatProblem } from '../config/problem.ts';
import { startDemo } from '../simulator/world/demo.ts';
import { DEFAULT_PATHS } from '../web/paths.ts';
import { ConfigurationError } from './command-error.ts';
import { openLog } from './open-log.ts';
import { runExporter } from './run-exporter.ts';
import type { Runtime } from './runtime.ts';

/** Runs the exporter on a simulated cloud in which things happen, until the process is asked to end. */
export async function demo(options: Extract<Command, { kind: 'demo' }>, runtime: Runtime): Promise<number> {
  const say = (text: string) => runtime.stdout.write(`${text}\n`);
  const cloud = await startDemo({
    now: runtime.clock,
    seed: options.seed,
    speed: options.speed,
    alertmanagers: options.alertmanagers,
    onStory: (text, at) => say(`${new Date(at).toISOString().slice(11, 19)}  ${text}`),
  });
  try {
    const parsed = parseConfig(cloud.configYaml, { file: 'demo', env: {}, directory: '.' });
    if (!parsed.ok) throw new ConfigurationError(parsed.problems.map(formatProblem), 2);
    const { config } = parsed;
    return await runExporter(
      {
        config,
        readAgain: async () => ({ ok: true, config }),
        log: openLog(options, runtime),
        shard: { index: 0, count: 1 },
        listen: options.listen,
        webConfigFile: '',
        lifecycle: true,
        paths: DEFAULT_PATHS,
        onListening: ([url = '']) => {
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
      },
      runtime,
    );
  } finally {
    await cloud.close();
  }
}
