import { setTimeout as delay } from 'node:timers/promises';
import type { Operation } from '../../src/modelarts/api.ts';
import type { Answer } from '../../src/simulator/answer.ts';
import type { Arrival, Exchange, OnExchange } from '../../src/simulator/gateway.ts';
import { seededRandom } from '../../src/simulator/seeded-random.ts';
import { documentedJson } from './documented-json.ts';
import { deliver } from './faults/delivery.ts';
import { FaultPlan } from './faults/fault-plan.ts';
import { answerInstead, spoil } from './faults/faulty-answer.ts';
import { RequestLog } from './request-log.ts';

/** An answer given word for word to a request whose query says exactly this, beside the target's id. */
export interface ServedText {
  readonly operation: Operation;
  readonly target: string;
  readonly query: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface InstrumentOptions {
  /** Of the probability of faults; 1 by default. */
  readonly seed?: number;
  /** How many requests the log keeps; 10,000 by default. */
  readonly loggedRequests?: number;
  /** `documented` writes JSON in the spacing of the documents' examples. */
  readonly json?: 'compact' | 'documented';
  /** Texts that are served word for word instead of what the cloud holds. */
  readonly servedTexts?: readonly ServedText[];
}

/** What a test sees of the requests to a simulator, and how it lets them fail. */
export interface Instruments {
  readonly requests: RequestLog;
  readonly faults: FaultPlan;
  /** The option of that name of the simulator, or of the demo. */
  readonly onExchange: OnExchange;
}

/** @example const { faults, onExchange } = createInstruments(); await startDemo({ now: Date.now, onExchange }); */
export function createInstruments(options: InstrumentOptions = {}): Instruments {
  const { seed = 1, loggedRequests = 10_000, json = 'compact', servedTexts = [] } = options;
  const requests = new RequestLog(loggedRequests);
  const faults = new FaultPlan(seededRandom(seed, 'faults'));

  const onExchange = async (exchange: Exchange): Promise<void> => {
    const { operation, arrival, response } = exchange;
    const finish = requests.begin(arrival, operation);
    const gone = new AbortController();
    response.once('close', () => {
      finish(response.headersSent ? response.statusCode : 0);
      gone.abort();
    });
    const { latency, fault } = faults.strike(operation, arrival.url);
    if (latency > 0) await delay(latency, undefined, { signal: gone.signal }).catch(() => {});
    if (gone.signal.aborted) return;
    const struck = { ...arrival, operation };
    let answer = fault === undefined ? undefined : answerInstead(fault, struck);
    answer ??= servedText(servedTexts, operation, arrival) ?? exchange.answer();
    if (fault !== undefined) answer = spoil(answer, fault, struck);
    if (json === 'documented' && 'json' in answer.content) {
      answer = { ...answer, content: { text: documentedJson(answer.content.json) } };
    }
    await deliver(exchange, answer, fault);
  };
  return { requests, faults, onExchange };
}

/** Whoever asks, even without credentials. */
function servedText(
  texts: readonly ServedText[],
  operation: Operation | undefined,
  arrival: Arrival,
): Answer | undefined {
  const query = Object.fromEntries(arrival.query);
  const served = texts.find(
    (each) =>
      each.operation === operation &&
      arrival.url.includes(each.target) &&
      Object.keys(query).length === Object.keys(each.query).length &&
      Object.entries(each.query).every(([name, value]) => query[name] === value),
  );
  return served && { status: 200, content: { text: served.text } };
}
