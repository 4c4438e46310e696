import type { AlertmanagerCluster } from './alertmanagers.ts';
import type { Machine } from './machine.ts';
import type { Weather } from './network.ts';
import type { Operator } from './operator.ts';
import type { Scraper } from './scraper.ts';

/** What a trouble befalls. */
export interface Troubled {
  readonly machine: Machine;
  readonly cluster: AlertmanagerCluster;
  /** One of the Alertmanagers. */
  readonly member: number;
  readonly operator: Operator;
  /** One of those that scrape the machine. */
  readonly scraper: Scraper | undefined;
}

/** Something that goes wrong, or that an operator does. */
export interface Trouble {
  /** Of a hundred or so, how many are of this kind. */
  readonly chances: number;
  /** While it lasts. */
  readonly weather?: Partial<Weather>;
  begin?(troubled: Troubled): void;
  end?(troubled: Troubled): void;
  /** The process ends, and is started again when the trouble is over. */
  readonly endsProcess?: true;
  /** What is counted meanwhile can't be saved. */
  readonly hindersSaving?: true;
  /** What was saved is lost. */
  readonly losesState?: true;
  /** It concerns no exporter of its own. */
  readonly isOfAlertmanager?: true;
  /** Seconds that it lasts at most; else minutes. */
  readonly isShort?: true;
  /** It lasts so long that who waits for anything gives up. */
  readonly isLong?: true;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** So that a save is torn. */
const LITTLE_ROOM = 3_000;

export const TROUBLES = {
  'every third connection breaks': { chances: 3, weather: { broken: 0.3 } },
  'no connection': { chances: 3, weather: { broken: 1 } },
  'every fifth request hangs': { chances: 2, weather: { hanging: 0.2 } },
  'nobody answers': { chances: 2, weather: { hanging: 1 } },
  'the server fails every other time': { chances: 2, weather: { failing: 0.5 } },
  'every fifth answer is cut': { chances: 2, weather: { garbled: 0.2 } },
  'answers take seconds': { chances: 2, weather: { latency: 4 * SECOND } },
  'a quota of 100 requests in 5 minutes': { chances: 2, weather: { quota: 100 } },
  // Less than one that reads every five minutes asks for.
  'a quota of 15 requests in 5 minutes': { chances: 2, weather: { quota: 15 } },
  'the credential is refused': { chances: 2, weather: { isLockedOut: true } },
  'the key is rotated, and the configuration follows later': {
    chances: 2,
    begin: ({ operator }) => operator.identity.rotate(),
    end: ({ operator }) => operator.configureKey(),
  },
  'all tokens are revoked': {
    chances: 2,
    isShort: true,
    begin: ({ operator }) => operator.identity.revoke(),
  },
  'is killed': ending((machine) => machine.kill(), 7),
  'is killed amid a save': {
    chances: 3,
    endsProcess: true,
    begin: ({ machine }) => machine.killAmidSave(),
    end({ machine }) {
      machine.disk.onWrite = undefined;
    },
  },
  'loses power': ending((machine) => machine.losePower(), 5),
  'is restarted': ending((machine) => void machine.stop(), 4),
  'starts again with a state file of another version': {
    ...ending((machine) => machine.replaceState(), 1),
    losesState: true,
  },
  'is upgraded from a build that kept less': ending((machine) => machine.ageState(), 2),
  'has a configuration of its own': {
    chances: 3,
    begin: ({ operator, machine }) => operator.deviate(machine),
    end: ({ operator, machine }) => operator.conform(machine),
  },
  'has a Prometheus that is away': {
    chances: 3,
    isLong: true,
    begin: ({ scraper }) => scraper?.leave(),
    end: ({ scraper }) => scraper?.comeBack(),
  },
  'has a Prometheus in whose place a new one comes': {
    chances: 2,
    isLong: true,
    begin: ({ scraper }) => scraper?.leave(),
    end: ({ scraper }) => scraper?.comeAnew(),
  },
  'is reloaded': { chances: 4, isShort: true, begin: ({ operator, machine }) => operator.reload(machine) },
  'is stopped (SIGSTOP)': {
    chances: 3,
    begin: ({ machine }) => machine.hang(),
    end: ({ machine }) => machine.goOn(),
  },
  'has a full disk': {
    chances: 3,
    hindersSaving: true,
    begin({ machine }) {
      machine.disk.room = LITTLE_ROOM;
    },
    end({ machine }) {
      machine.disk.room = Number.POSITIVE_INFINITY;
    },
  },
  'has a slow disk': {
    chances: 3,
    begin({ machine }) {
      machine.disk.slowness = 50;
    },
    end({ machine }) {
      machine.disk.slowness = 1;
    },
  },
  'has an event log that takes no line': {
    chances: 3,
    hindersSaving: true,
    begin({ machine }) {
      machine.isLogStuck = true;
    },
    end({ machine }) {
      machine.isLogStuck = false;
    },
  },
  'has a clock that is 2 s ahead': wrongClock((machine) => machine.clock.step(2 * SECOND)),
  'has a clock that is 30 s behind': wrongClock((machine) => machine.clock.step(-30 * SECOND)),
  'has a clock that is 10 min ahead': wrongClock((machine) => machine.clock.step(10 * MINUTE)),
  'has a clock that is 10 min behind': wrongClock((machine) => machine.clock.step(-10 * MINUTE)),
  'has a clock that runs a tenth too fast': wrongClock((machine) => machine.clock.run(0.1)),
  'has a clock that stands still': wrongClock((machine) => machine.clock.run(-1)),
  'has alerts that arrive late, and after later ones': {
    chances: 3,
    begin({ machine }) {
      machine.arePostsLate = true;
    },
    end({ machine }) {
      machine.arePostsLate = false;
    },
  },
  'does not reach one Alertmanager': {
    chances: 3,
    begin: ({ machine, member }) => void machine.unreachable.add(member),
    end: ({ machine, member }) => void machine.unreachable.delete(member),
  },
  'an Alertmanager dies': {
    chances: 3,
    isOfAlertmanager: true,
    begin: ({ cluster, member }) => cluster.kill(member),
    end: ({ cluster, member }) => cluster.start(member),
  },
  'an Alertmanager is cut off from the others': {
    chances: 3,
    isOfAlertmanager: true,
    begin: ({ cluster, member }) => cluster.part(member),
    end: ({ cluster, member }) => cluster.join(member),
  },
} as const satisfies Readonly<Record<string, Trouble>>;

export type TroubleName = keyof typeof TROUBLES;

export function troubleOf(name: TroubleName): Trouble {
  return TROUBLES[name];
}

function ending(begin: (machine: Machine) => void, chances: number) {
  return {
    chances,
    isShort: true,
    endsProcess: true,
    begin: ({ machine }: Troubled) => begin(machine),
    end: ({ machine }: Troubled) => machine.start(),
  } as const;
}

function wrongClock(begin: (machine: Machine) => void): Trouble {
  return {
    chances: 1,
    begin: ({ machine }) => begin(machine),
    end: ({ machine }) => machine.clock.setRight(),
  };
}
