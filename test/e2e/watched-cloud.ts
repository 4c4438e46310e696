import { DEFAULT_TOKEN } from '../../src/simulator/access/credentials.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import type { PoolEvent } from '../../src/simulator/model.ts';
import { startTestSimulator, type TestSimulator } from '../simulator-kit/test-simulator.ts';

const PROJECT = '0123456789abcdef0123456789abcdef';

/** A simulated cloud with a target of each kind, to which something happens again and again. */
export class WatchedCloud {
  readonly simulator: TestSimulator;
  #interval: NodeJS.Timeout | undefined;
  #record: PoolEvent | undefined;

  private constructor(simulator: TestSimulator) {
    this.simulator = simulator;
  }

  static async start(): Promise<WatchedCloud> {
    const cloud = new Cloud();
    cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
    cloud.addService(PROJECT, { service_id: 'service' });
    cloud.addJob(PROJECT, { id: 'job' });
    cloud.addPool(PROJECT, { name: 'pool' });
    return new WatchedCloud(await startTestSimulator({ now: Date.now, cloud }));
  }

  /** config.yaml of an exporter that reads it all the time. */
  config(stateFile: string): string {
    return `
collection: { min_interval: 100ms }
state: { file: '${stateFile}' }
api: { rate_limit: 1000 }
projects:
  - name: prod
    region: cn-north-4
    project_id: ${PROJECT}
    endpoint: ${this.simulator.url}
    auth: { token: ${DEFAULT_TOKEN} }
    services: [{ id: service }]
    training_jobs: [{ id: job }]
    pools: [{ name: pool }]
`;
  }

  /** From now on something happens all the time. */
  live(): void {
    this.#interval ??= setInterval(() => this.#happen(), 25);
  }

  /** From now on nothing happens. */
  pause(): void {
    clearInterval(this.#interval);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.pause();
    await this.simulator.close();
  }

  #happen(): void {
    const { cloud } = this.simulator;
    const now = Date.now();
    // Some come late, and some are alike.
    const at = now - (now % 3) * 100;
    const event_info = `event ${now % 5}`;
    cloud.addServiceEvent('service', { event_type: 'abnormal', event_info, occur_time: at });
    cloud.addJobEvent('job', { time: at, level: 'Error', source: 'Job', message: event_info });
    if (this.#record === undefined) {
      const message = 'Pool status changed from Running to Abnormal.';
      const record = { type: 'Warning', reason: 'PoolStatusChange', message, firstTimestamp: now };
      this.#record = cloud.addPoolEvent('pool', record);
    } else cloud.growPoolEvent(this.#record, now);
  }
}
