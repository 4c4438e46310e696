import { type Timers, within } from '../timers.ts';
import { ApiError } from './errors.ts';
import { rejectionBackoff } from './retry.ts';

/** One project's way to one endpoint, told apart by identity. If a probe gets no answer there, it says nothing of others. */
export interface Sender {
  /** Resolves when the sender may send: a project that is paused must not be the one that probes. */
  resumed(): Promise<void>;
}

/**
 * Knows of each credential whether the cloud takes it, for all projects of the process that use it. The cloud locks a
 * key for five minutes after five rejections in a row, so a wrong key must not be tried by a thousand targets.
 *
 *     unproven ──accepted──► proven ◄──accepted── rejected
 *         │                    │                     ▲ │ rejected again: longer
 *         └──────rejected──────┴─────rejected────────┘◄┘
 *
 * - `unproven` (at start, or a new token): one request goes as a probe, and the others wait for how it ends. If it takes
 *   longer than a second, its target may hang, so that another one goes beside it, up to four.
 * - `proven`: every request goes.
 * - `rejected`: requests fail at once, unsent, until the backoff is over. Then one probe goes, and only one, however
 *   long it takes.
 *
 * Any answer but 401 and 429 accepts the credential: a 404 comes from behind the authentication, a 429 from before it.
 *
 * One probe at a time would not be enough: if its endpoint hangs, other projects with the same credential would wait for
 * its timeout, again and again. Four at once from the start would cost a wrong key four of its five attempts.
 */
export interface Breakers {
  /**
   * Runs `attempt` as soon as the credential allows it. `attempt` calls `check` right before it sends, since the
   * credential may have been rejected while the request waited for its turn.
   * @param credential its id
   * @throws ApiError with reason `auth` and no status, at once, while the credential is rejected; with the reason of the
   * probe if three of the same sender got no answer
   */
  run<T>(credential: string, sender: Sender, attempt: Attempt<T>): Promise<T>;
}

type Attempt<T> = (check: () => void) => Promise<T>;

type State =
  | { readonly name: 'unproven' | 'proven' }
  | { readonly name: 'rejected'; readonly error: ApiError; readonly times: number; readonly until: number };

interface Breaker {
  state: State;
  /**
   * How often the credential was rejected. A request remembers the count of when it was sent: if there was a rejection
   * since, its own answer is old news. So 16 requests in flight that are all rejected count once.
   */
  generation: number;
  /** Probes under way. */
  readonly probes: Set<Promise<ProbeEnd>>;
  lastProbeAt: number;
}

interface ProbeEnd {
  readonly sender: Sender;
  /** Only if there was no answer. */
  readonly unanswered: ApiError | undefined;
}

/** A request that waits gives up after so many unanswered probes of its sender. One may just be of a target that hangs. */
const UNANSWERED_MAX = 3;
const PROBE_SLOW_AFTER = 1_000;
/** As many rejections at once do not lock the key yet. */
const PROBES_MAX = 4;
/** Old tokens go. If one in use is forgotten, that costs a single probe. */
const CREDENTIALS_MAX = 1_000;

export function createBreakers({ now, sleep }: Timers): Breakers {
  const breakers = new Map<string, Breaker>();

  /** The breakers are in the order of their last use. */
  function find(credential: string): Breaker {
    const breaker: Breaker = breakers.get(credential) ?? {
      state: { name: 'unproven' },
      generation: 0,
      probes: new Set(),
      lastProbeAt: Number.NEGATIVE_INFINITY,
    };
    breakers.delete(credential);
    breakers.set(credential, breaker);
    const [eldest] = breakers.keys();
    if (breakers.size > CREDENTIALS_MAX && eldest !== undefined) breakers.delete(eldest);
    return breaker;
  }

  /** Sends, and learns from the answer. */
  async function send<T>(breaker: Breaker, isProbe: boolean, attempt: Attempt<T>): Promise<T> {
    let generation = breaker.generation;
    const check = () => {
      const { state } = breaker;
      const isStillProbe = isProbe && generation === breaker.generation;
      if (state.name === 'rejected' && !isStillProbe) throw notSent(state.error);
      generation = breaker.generation;
    };
    const accept = () => {
      if (generation === breaker.generation) breaker.state = { name: 'proven' };
    };
    try {
      const result = await attempt(check);
      accept();
      return result;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status === undefined) throw error;
      if (error.reason !== 'auth') {
        if (error.reason !== 'throttled') accept();
      } else if (generation === breaker.generation || (isProbe && breaker.state.name !== 'proven')) {
        // Probes beside each other are each counted: the cloud counts them, too.
        breaker.generation += 1;
        breaker.state = rejectedState(breaker.state, error);
      }
      throw error;
    }
  }

  function rejectedState(before: State, error: ApiError): State {
    const { times, until } =
      before.name === 'rejected' ? before : { times: 0, until: Number.NEGATIVE_INFINITY };
    const backoff = Math.max(rejectionBackoff(times + 1), error.retryAfter ?? 0);
    return { name: 'rejected', error, times: times + 1, until: Math.max(until, now() + backoff) };
  }

  function probe<T>(breaker: Breaker, sender: Sender, attempt: Attempt<T>): Promise<T> {
    const outcome = send(breaker, true, attempt);
    const end = (error: unknown): ProbeEnd => {
      breaker.probes.delete(ended);
      return { sender, unanswered: isUnanswered(error) ? error : undefined };
    };
    const ended = outcome.then(() => end(undefined), end);
    breaker.probes.add(ended);
    breaker.lastProbeAt = now();
    return outcome;
  }

  /** Milliseconds until the next probe may go; undefined if one of those under way must end first. */
  function untilNextProbe({ state, probes, lastProbeAt }: Breaker): number | undefined {
    if (probes.size === 0) return 0;
    if (state.name === 'rejected' || probes.size >= PROBES_MAX) return undefined;
    return Math.max(0, lastProbeAt + PROBE_SLOW_AFTER - now());
  }

  /** How the next probe ends, but undefined if none does for `wait` milliseconds. */
  function nextEnd({ probes }: Breaker, wait = Number.POSITIVE_INFINITY): Promise<ProbeEnd | undefined> {
    return within(Promise.race(probes), wait, { sleep });
  }

  return {
    async run(credential, sender, attempt) {
      const breaker = find(credential);
      for (let unanswered = 0; ; ) {
        await sender.resumed();
        const { state } = breaker;
        if (state.name === 'proven') return send(breaker, false, attempt);
        if (state.name === 'rejected' && now() < state.until) throw notSent(state.error);
        const wait = untilNextProbe(breaker);
        if (wait === 0) return probe(breaker, sender, attempt);
        const end = await nextEnd(breaker, wait);
        if (end?.unanswered === undefined || end.sender !== sender) continue;
        unanswered += 1;
        if (unanswered === UNANSWERED_MAX) {
          throw new ApiError(end.unanswered.reason, `not sent: ${end.unanswered.message}`);
        }
      }
    },
  };
}

function notSent(rejection: ApiError): ApiError {
  return new ApiError('auth', `the credential was rejected (${rejection.message})`);
}

function isUnanswered(error: unknown): error is ApiError {
  if (!(error instanceof ApiError) || error.status !== undefined) return false;
  return error.reason === 'network' || error.reason === 'timeout';
}
