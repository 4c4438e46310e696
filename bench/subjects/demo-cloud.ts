import type { Fault } from '../../src/simulator/faults/fault.ts';
import { countEvents, countUpdates } from '../../src/simulator/ground-truth.ts';
import { type Demo, startDemo } from '../../src/simulator/world/demo.ts';
import { obey } from '../subject.ts';

// The demo's cloud, with faults on request and the truth about everything that happened in it.

let demo: Demo | undefined;

function running(): Demo {
  if (demo === undefined) throw new Error('not started');
  return demo;
}

obey({
  async start({ speed, seed }: { speed: number; seed: number }) {
    demo = await startDemo({ now: Date.now, speed, seed });
    return demo.configYaml;
  },
  /** From now on these faults strike, and no others. */
  strike({ faults, probability }: { faults: readonly Fault[]; probability: number }) {
    const plan = running().simulator.faults;
    plan.clear();
    for (const fault of faults) plan.add(fault, { probability });
  },
  /** Nothing happens and nothing fails any more. @returns how many faults there were, and requests */
  calm() {
    const { simulator } = running();
    simulator.faults.clear();
    running().pause();
    return { faults: simulator.faults.struck, requests: simulator.requests.count() };
  },
  /** Totals that are to be shown, by target and classes, without zeros. @param since epoch milliseconds */
  truth(since: number): Record<string, number> {
    const { cloud } = running().simulator;
    const truth: Record<string, number> = {};
    for (const { target, classes, count } of countEvents(cloud, since)) {
      truth[[target, ...classes].join(' ')] = count;
    }
    for (const [id, results] of countUpdates(cloud, since)) {
      for (const result of ['success', 'fail'] as const) {
        if (results[result] > 0) truth[`${id} ${result}`] = results[result];
      }
    }
    return truth;
  },
});
