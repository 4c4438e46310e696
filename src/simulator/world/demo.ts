import { Cloud } from '../cloud.ts';
import type { OnExchange } from '../gateway.ts';
import { type Simulator, startSimulator } from '../simulator.ts';
import { castDemo, DEMO, DEMO_CREDENTIALS } from './demo-cast.ts';
import { World } from './world.ts';

export interface DemoOptions {
  /** Unix milliseconds. */
  readonly now: () => number;
  /** The same seed tells the same story; 1 by default. */
  readonly seed?: number;
  /** How many times faster everything happens; event times stay true. 1 by default. */
  readonly speed?: number;
  /** URLs of Alertmanagers in the configuration; without any, it is the simulator. */
  readonly alertmanagers?: readonly string[];
  readonly onStory?: (text: string, at: number) => void;
  /** Of the simulator. */
  readonly onExchange?: OnExchange;
}

export interface Demo {
  readonly simulator: Simulator;
  /** What is to be seen, a line each. */
  readonly description: readonly string[];
  /** A configuration of the exporter for this demo. */
  readonly configYaml: string;
  /** The cloud stands still from now on. */
  pause(): void;
  close(): Promise<void>;
}

/** Six hours of the past, so that no panel of a dashboard is empty. */
const HISTORY = 6 * 3_600_000;
const TICK = 250;

/** Starts a simulated cloud that lives, with hours of history, by a timer until it is closed. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const cloud = new Cloud();
  const { seed = 1, speed = 1, alertmanagers = [], onStory, onExchange } = options;
  const world = new World({
    cloud,
    seed,
    speed,
    opening: options.now(),
    history: HISTORY,
    onStory,
  });
  castDemo(cloud, world);
  world.step(options.now());
  const simulator = await startSimulator({
    now: options.now,
    cloud,
    credentials: DEMO_CREDENTIALS,
    onExchange,
  });
  const timer = setInterval(() => world.step(options.now()), TICK);
  return {
    simulator,
    description: describe(cloud),
    configYaml: demoConfigYaml(simulator.url, alertmanagers.length > 0 ? alertmanagers : [simulator.url]),
    pause: () => clearInterval(timer),
    close: () => {
      clearInterval(timer);
      return simulator.close();
    },
  };
}

/** A configuration of the exporter for the demo's two projects: discovery, and a few listed targets. */
function demoConfigYaml(simulatorUrl: string, alertmanagers: readonly string[]): string {
  const { prod, research } = DEMO;
  const discovery = `    discovery:
      services: { enabled: true, refresh: 10s, linger: 1m }
      inference_services: { enabled: true, refresh: 10s, linger: 1m, pods: true }
      training_jobs: { enabled: true, refresh: 10s, linger: 1m }
      pools: { enabled: true, refresh: 10s, linger: 1m }
`;
  return `collection:
  min_interval: 5s
alerting:
  interval: 5s
  alertmanagers:
${alertmanagers.map((url) => `    - url: ${JSON.stringify(url)}\n`).join('')}projects:
  - name: prod
    region: ${prod.region}
    project_id: ${prod.id}
    endpoint: ${simulatorUrl}
    iam_endpoint: ${simulatorUrl}
    auth: { token: ${prod.token} }
    services:
      - { id: ${prod.listedService}, name: recommendation }
    pools:
      - { name: ${prod.pool}, display_name: training-a }
${discovery}  - name: research
    region: ${research.region}
    # project_id: left out, looked up in IAM by the region
    endpoint: ${simulatorUrl}
    iam_endpoint: ${simulatorUrl}
    auth: { access_key: ${research.accessKey}, secret_key: ${research.secretKey} }
${discovery}`;
}

function describe(cloud: Cloud): string[] {
  return cloud.projects.map((project) => {
    const services = [...project.services.values()].map((service) => service.service_name);
    const inference = [...project.inferenceServices.values()].map(({ name }) => name);
    const queues = new Set([...project.jobs.values()].map((job) => job.algorithm_name));
    const pools = [...project.pools.values()].map((pool) => pool.display_name);
    const ofBoth = [...services, ...inference.map((name) => `${name} (new generation)`)];
    return `${project.name}: services ${ofBoth.join(', ')}; training jobs ${[...queues].join(', ')}; pools ${pools.join(', ')}`;
  });
}
