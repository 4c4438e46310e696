import type { Operation } from '../../../src/modelarts/api.ts';
import type { Random } from '../../../src/simulator/seeded-random.ts';
import type { Fault } from './fault.ts';

/** Which requests a fault strikes; what is left out matches all. */
export interface FaultRule {
  readonly operation?: Operation;
  /** A part of the path, such as a target's id. */
  readonly path?: string;
  /** How often it strikes before it is spent. */
  readonly times?: number;
  /** 0 to 1, drawn for each matching request. */
  readonly probability?: number;
}

interface Planned {
  readonly fault: Fault;
  readonly rule: FaultRule;
  left: number;
}

/** The faults to come, changed by tests while the simulator runs. */
export class FaultPlan {
  readonly #random: Random;
  #planned: Planned[] = [];
  #struck = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** How many faults have struck so far. */
  get struck(): number {
    return this.#struck;
  }

  /** Plans a fault; what it returns takes it back. */
  add(fault: Fault, rule: FaultRule = {}): () => void {
    const planned = { fault, rule, left: rule.times ?? Number.POSITIVE_INFINITY };
    this.#planned.push(planned);
    return () => {
      this.#planned = this.#planned.filter((other) => other !== planned);
    };
  }

  clear(): void {
    this.#planned = [];
  }

  /** Every latency that strikes this request, and the first other fault in the order of planning. */
  strike(operation: Operation | undefined, url: string): { latency: number; fault: Fault | undefined } {
    let latency = 0;
    let fault: Fault | undefined;
    for (const planned of this.#planned) {
      if (!matches(planned.rule, operation, url)) continue;
      if (fault !== undefined && planned.fault.kind !== 'latency') continue;
      if (this.#random() >= (planned.rule.probability ?? 1)) continue;
      planned.left--;
      this.#struck++;
      if (planned.fault.kind === 'latency') latency += planned.fault.ms;
      else fault = planned.fault;
    }
    this.#planned = this.#planned.filter(({ left }) => left > 0);
    return { latency, fault };
  }
}

function matches(rule: FaultRule, operation: Operation | undefined, url: string): boolean {
  return (
    (rule.operation === undefined || rule.operation === operation) &&
    (rule.path === undefined || url.includes(rule.path))
  );
}
