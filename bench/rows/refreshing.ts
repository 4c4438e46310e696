import { KIND_NAMES } from '../../src/kind-table.ts';
import type { Cost } from '../cost.ts';
import { eventsPath, fleetOf, idsOf } from '../fleet.ts';
import { startBlackbox } from '../programs.ts';
import type { Row } from '../row.ts';
import { median } from '../statistics.ts';
import { Subject } from '../subject.ts';

const TARGETS = 1_000;
const CONCURRENCY = 16;
const ROUNDS = 9;

/** Processor time of a refresh in the steady state, against bare got and against the blackbox exporter. */
export async function refreshing(): Promise<Row[]> {
  await using cloud = new Subject('canned-cloud');
  await using exporter = new Subject('exporter');
  await using bare = new Subject('bare-got');
  await using blackbox = await startBlackbox();
  const url = await cloud.ask<string>('url');
  const mix = fleetOf(TARGETS);
  const urls = KIND_NAMES.flatMap((kind) => idsOf(kind, mix).map((id) => `${url}${eventsPath(kind, id)}`));
  await exporter.ask('start', { mix, cloud: url, concurrency: CONCURRENCY });
  // The first reads a target's past and its update records; then the compiler warms up.
  for (let round = 0; round < 3; round += 1) {
    await exporter.ask('round');
    await bare.ask('round', { urls, concurrency: CONCURRENCY });
  }
  const costs: { ours: number; bare: number; exposed: number; blackbox: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const ours = await exporter.ask<Cost>('round');
    const theirs = await bare.ask<Cost>('round', { urls, concurrency: CONCURRENCY });
    const exposed = await exporter.ask<Cost>('roundsAndExpositions', 1);
    const probed = (await blackbox?.probe(urls, CONCURRENCY)) ?? Number.NaN;
    costs.push({ ours: ours.cpu, bare: theirs.cpu, exposed: exposed.cpu, blackbox: probed });
  }
  const per = (which: keyof (typeof costs)[number]) => median(costs.map((cost) => cost[which])) / TARGETS;
  const spell = (milliseconds: number) => `${milliseconds.toFixed(3)} ms CPU`;
  return [
    {
      what: `refresh of a target, ${TARGETS} targets`,
      measured: spell(per('ours')),
      against: `got and JSON.parse: ${spell(per('bare'))}`,
      figure: per('ours') / per('bare'),
      unit: '',
      target: undefined,
    },
    {
      what: 'refresh of a target, exposition included',
      measured: spell(per('exposed')),
      against:
        blackbox === undefined
          ? 'blackbox exporter: not installed'
          : `blackbox exporter: ${spell(per('blackbox'))}`,
      figure: blackbox === undefined ? undefined : per('exposed') / per('blackbox'),
      unit: '',
      target: { atMost: 1 },
    },
  ];
}

const LATENCY = 20;
const WIDE = 64;

/** How near a full refresh comes to what latency and concurrency allow. */
export async function wallTime(): Promise<Row[]> {
  await using cloud = new Subject('canned-cloud');
  await using exporter = new Subject('exporter');
  await using bare = new Subject('bare-got');
  const url = await cloud.ask<string>('url');
  const mix = fleetOf(TARGETS);
  const urls = KIND_NAMES.flatMap((kind) => idsOf(kind, mix).map((id) => `${url}${eventsPath(kind, id)}`));
  await exporter.ask('start', { mix, cloud: url, concurrency: WIDE });
  for (let round = 0; round < 3; round += 1) await exporter.ask('round');
  await cloud.ask('answerAfter', LATENCY);
  const walls: number[] = [];
  const bareWalls: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    walls.push((await exporter.ask<Cost>('round')).wall);
    bareWalls.push((await bare.ask<Cost>('round', { urls, concurrency: WIDE })).wall);
  }
  const ideal = (TARGETS / WIDE) * LATENCY;
  return [
    {
      what: `full refresh of ${TARGETS} targets at ${LATENCY} ms latency, ${WIDE} at once`,
      measured: `${median(walls).toFixed(0)} ms (bare got: ${median(bareWalls).toFixed(0)} ms)`,
      against: `ideal: ${ideal} ms`,
      figure: median(walls) / ideal,
      unit: '',
      target: undefined,
    },
  ];
}

/** An hour of refreshes, requests of every sort included. */
export async function requests(): Promise<Row[]> {
  await using exporter = new Subject('exporter');
  await exporter.ask('start', { mix: fleetOf(TARGETS) });
  for (let round = 0; round < 3; round += 1) await exporter.ask('round');
  await exporter.ask('requests');
  const rounds = 120;
  for (let round = 0; round < rounds; round += 1) await exporter.ask('round');
  const count = await exporter.ask<number>('requests');
  return [
    {
      what: 'API requests per target and refresh, an hour at 30 s',
      measured: `${count.toLocaleString('en')} requests`,
      against: `${(rounds * TARGETS).toLocaleString('en')} refreshes`,
      figure: count / rounds / TARGETS,
      unit: '',
      target: { atMost: 1.05 },
    },
  ];
}
