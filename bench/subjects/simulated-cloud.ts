import { startTestSimulator, type TestSimulator } from '../../test/simulator-kit/test-simulator.ts';
import { PROJECT } from '../fleet.ts';
import { obey } from '../subject.ts';

// The simulator with services in which something can be made to go wrong.

let simulator: TestSimulator | undefined;

obey({
  async start({ services, latency }: { services: number; latency: number }) {
    simulator = await startTestSimulator({
      now: Date.now,
      credentials: { tokens: [{ token: 'simulator-token' }] },
    });
    simulator.cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
    simulator.faults.add({ kind: 'latency', ms: latency });
    const ids = Array.from({ length: services }, (_, index) => `service-${index}`);
    for (const service_id of ids) simulator.cloud.addService(PROJECT, { service_id });
    return { url: simulator.url, services: ids };
  },
  abnormalEvent(id: string) {
    simulator?.cloud.addServiceEvent(id, {
      event_type: 'abnormal',
      event_info: 'Failed to start service.',
      occur_time: Date.now(),
    });
  },
});
