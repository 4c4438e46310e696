import type { Draws } from './draws.ts';
import { FAIR, type Weather } from './network.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Something that goes wrong, or that an operator does. Milliseconds since the start of the story. */
export type Fault = { readonly at: number; readonly lasts: number; readonly host: number } & (
  | { readonly kind: 'weather'; readonly weather: Partial<Weather>; readonly what: string }
  | {
      readonly kind:
        | 'kill'
        | 'power loss'
        | 'restart'
        | 'reload'
        | 'disk full'
        | 'slow disk'
        | 'stuck event log';
    }
  | { readonly kind: 'clock step'; readonly by: number }
  | { readonly kind: 'alertmanager killed' | 'alertmanager unreachable'; readonly member: number }
);

export type FaultKind = Fault['kind'];

export interface FaultLimits {
  readonly duration: number;
  readonly hosts: number;
  readonly members: number;
}

/** Time at the end in which all is well, so that what is late can come. */
export const QUIET_END = 3 * HOUR;

/** What goes wrong in one story: something every two hours or so. */
export function planFaults(draws: Draws, { duration, hosts, members }: FaultLimits): Fault[] {
  const faults: Fault[] = [];
  for (let at = draws.gap(HOUR); at < duration - HOUR; at += draws.gap(2 * HOUR)) {
    const host = draws.integer(0, hosts - 1);
    const lasts = MINUTE + draws.gap(10 * MINUTE);
    const base = { at: Math.round(at), host };
    const kind = draws.pick(KINDS);
    if (kind === 'weather') {
      faults.push({ ...base, lasts, kind, ...draws.pick(WEATHERS) });
    } else if (kind === 'clock step') {
      const by = draws.pick([1, -1]) * draws.pick([2 * SECOND, 30 * SECOND, 10 * MINUTE]);
      faults.push({ ...base, lasts, kind, by });
    } else if (kind === 'alertmanager killed' || kind === 'alertmanager unreachable') {
      faults.push({ ...base, lasts, kind, member: draws.integer(0, members - 1) });
    } else if (kind === 'kill' || kind === 'power loss' || kind === 'restart') {
      faults.push({ ...base, lasts: draws.integer(1, 120) * SECOND, kind });
    } else {
      faults.push({ ...base, lasts, kind });
    }
  }
  return faults;
}

const KINDS: readonly FaultKind[] = [
  'weather',
  'weather',
  'weather',
  'kill',
  'kill',
  'power loss',
  'restart',
  'reload',
  'disk full',
  'slow disk',
  'stuck event log',
  'clock step',
  'alertmanager killed',
  'alertmanager unreachable',
];

const WEATHERS: readonly { readonly what: string; readonly weather: Partial<Weather> }[] = [
  { what: 'every third connection breaks', weather: { broken: 0.3 } },
  { what: 'no connection', weather: { broken: 1 } },
  { what: 'every fifth request hangs', weather: { hanging: 0.2 } },
  { what: 'nobody answers', weather: { hanging: 1 } },
  { what: 'the server fails every other time', weather: { failing: 0.5 } },
  { what: 'every fifth answer is cut', weather: { garbled: 0.2 } },
  { what: 'answers take seconds', weather: { latency: 4_000 } },
  { what: 'a quota of 100 requests in 5 minutes', weather: { quota: 100 } },
  { what: 'the credential is refused', weather: { isLockedOut: true } },
];

export function weatherOf(faults: readonly Fault[]): Weather {
  return Object.assign({}, FAIR, ...faults.map((fault) => (fault.kind === 'weather' ? fault.weather : {})));
}

export function describe(fault: Fault): string {
  const place = fault.kind.startsWith('alertmanager') ? '' : ` on exporter ${fault.host + 1}`;
  const minutes = Math.ceil(fault.lasts / MINUTE);
  switch (fault.kind) {
    case 'weather':
      return `${fault.what} for ${minutes} min${place}`;
    case 'clock step':
      return `the clock is set by ${fault.by / SECOND} s for ${minutes} min${place}`;
    case 'alertmanager killed':
    case 'alertmanager unreachable':
      return `${fault.kind} (${fault.member + 1}) for ${minutes} min`;
    default:
      return `${fault.kind}, ${Math.ceil(fault.lasts / SECOND)} s${place}`;
  }
}
