import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.ts';
import { createInstruments, type InstrumentOptions, type Instruments } from './instruments.ts';

export type TestSimulatorOptions = Omit<SimulatorOptions, 'onExchange'> & InstrumentOptions;

export type TestSimulator = Simulator & Pick<Instruments, 'requests' | 'faults'>;

/**
 * Starts a simulator that notes its requests and fails as it is told.
 * @throws where the port can't be had
 */
export async function startTestSimulator(options: TestSimulatorOptions): Promise<TestSimulator> {
  const { onExchange, ...instruments } = createInstruments(options);
  const simulator = await startSimulator({ ...options, onExchange });
  return Object.assign(simulator, instruments);
}
