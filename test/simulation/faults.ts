import type { Draws } from './draws.ts';
import { FAIR, type Weather } from './network.ts';
import type { Shape } from './shape.ts';
import { TROUBLES, type TroubleName, troubleOf } from './troubles.ts';

/** A trouble of one story. Milliseconds since its start. */
export interface Fault {
  readonly name: TroubleName;
  readonly at: number;
  readonly lasts: number;
  readonly host: number;
  /** One of the Alertmanagers. */
  readonly member: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const SHORT_MAX = 120;
const LONG_MIN = 20 * MINUTE;

/** Each as often as its chances are. */
const NAMES = (Object.keys(TROUBLES) as TroubleName[]).flatMap((name) =>
  Array<TroubleName>(troubleOf(name).chances).fill(name),
);

/** What goes wrong in one story. */
export function planFaults(
  draws: Draws,
  { hosts, alertmanagers, troubleEvery, troubleLasts, scrapeIntervals, isTight, longest }: Shape,
  duration: number,
): Fault[] {
  // A scraper that is not there for less has not been away.
  const longMin = Math.max(LONG_MIN, 2 * Math.max(...scrapeIntervals));
  const faults: Fault[] = isTight ? [tightQuota(longest)] : [];
  for (let at = draws.gap(troubleEvery / 2); at < duration; at += draws.gap(troubleEvery)) {
    const name = draws.pick(NAMES);
    faults.push({
      name,
      at: Math.round(at),
      lasts: troubleOf(name).isShort
        ? draws.integer(1, SHORT_MAX) * SECOND
        : Math.round((troubleOf(name).isLong ? longMin : MINUTE) + draws.gap(troubleLasts)),
      host: draws.integer(0, hosts - 1),
      member: draws.integer(0, alertmanagers - 1),
    });
  }
  return faults;
}

/** It is in force when all was read once. */
function tightQuota(until: number): Fault {
  const name = 'a quota of 15 requests in 5 minutes';
  return { name, at: MINUTE, lasts: until - MINUTE, host: 0, member: 0 };
}

export function weatherOf(faults: readonly Fault[]): Weather {
  return Object.assign({}, FAIR, ...faults.map(({ name }) => troubleOf(name).weather));
}

export function describe({ name, lasts, host, member }: Fault): string {
  const duration = lasts < 2 * MINUTE ? `${lasts / SECOND} s` : `${Math.ceil(lasts / MINUTE)} min`;
  const subject = /^(is|has|loses|starts|does) /.test(name) ? `exporter ${host + 1} ` : '';
  const where = subject === '' ? ` (${troubleOf(name).isOfAlertmanager ? member + 1 : host + 1})` : '';
  return `${subject}${name}${where}, ${duration}`;
}
