import { type Demo, startDemo } from '../../src/simulator/world/demo.ts';
import type { Fault } from '../../test/simulator-kit/faults/fault.ts';
import { countEvents, countUpdates } from '../../test/simulator-kit/ground-truth.ts';
import { createInstruments, type Instruments } from '../../test/simulator-kit/instruments.ts';
import { obey } from '../subject.ts';

// The demo's cloud, with faults on request and the truth about everything that happened in it.

let demo: (Demo & Instruments) | undefined;

function running(): Demo & Instruments {
  if (demo === undefined) throw new Error('not started');
  return demo;
}

obey({
  async start({ speed, seed }: { speed: number; seed: number }) {
    const instruments = createInstruments({ seed });
    const { onExchange } = instruments;
    demo = { ...(await startDemo({ now: Date.now, speed, seed, onExchange })), ...instruments };
    return demo.configYaml;
  },
  /** From now on these faults strike, and no others. */
  strike({ faults, probability }: { faults: readonly Fault[]; probability: number }) {
    const plan = running().faults;
    plan.clear();
    for (const fault of faults) plan.add(fault, { probability });
  },
  /** Nothing happens and nothing fails any more. @returns how many faults there were, and requests */
  calm() {
    const { faults, requests, pause } = running();
    faults.clear();
    pause();
    return { faults: faults.struck, requests: requests.count() };
  },
  /** Totals that are to be shown, by target and classes, without zeros. @param since Unix milliseconds */
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
