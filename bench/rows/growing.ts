import type { Cost } from '../cost.ts';
import { fleetOf, type Mix } from '../fleet.ts';
import type { Row } from '../row.ts';
import { growth, median } from '../statistics.ts';
import { Subject } from '../subject.ts';

// The cloud is inside here: what HTTP costs would hide what grows.

const ONE: Mix = { service: 1, training_job: 1, pool: 0 };

/** Whether a refresh costs more for what happened long ago. */
export async function past(): Promise<Row[]> {
  await using short = new Subject('exporter');
  await using long = new Subject('exporter');
  const histories = [
    { subject: short, events: 10 },
    { subject: long, events: 100_000 },
  ] as const;
  for (const { subject, events } of histories) {
    await subject.ask('start', { mix: ONE, past: events });
    // A read stops at 10,000 events and goes on at the next.
    for (let round = 0; round < 16; round += 1) await subject.ask('round');
  }
  const seen = await long.ask<string>('exposition');
  for (const family of ['service', 'training_job']) {
    const whole = new RegExp(`^modelarts_${family}_events_total\\{.*\\} 100000$`, 'm');
    if (!whole.test(seen)) throw new Error(`the past of the ${family} was not read whole`);
  }
  const rounds = 2_000;
  const costs: (readonly [short: number, long: number])[] = [];
  for (let repeat = 0; repeat < 12; repeat += 1) {
    const few = (await short.ask<Cost>('rounds', rounds)).cpu;
    const many = (await long.ask<Cost>('rounds', rounds)).cpu;
    if (repeat > 0) costs.push([few, many]);
  }
  const [few, many] = [median(costs.map(([cost]) => cost)), median(costs.map(([, cost]) => cost))];
  const spell = (cost: number) => `${((1000 * cost) / rounds / 2).toFixed(1)} µs CPU`;
  return [
    {
      what: 'refresh of a target with 100,000 past events, without HTTP',
      measured: spell(many),
      against: `with 10: ${spell(few)}`,
      figure: median(costs.map(([a, b]) => b / a)),
      unit: '',
      target: { atMost: 1.05 },
    },
  ];
}

/** What an idle target keeps in memory. */
export async function memory(): Promise<Row[]> {
  await using exporter = new Subject('exporter', { flags: ['--expose-gc'] });
  const targets = 10_000;
  interface Memory {
    readonly used: number;
    readonly rendered: number;
    readonly series: number;
  }
  await exporter.ask('start', { mix: fleetOf(30) });
  for (let round = 0; round < 3; round += 1) await exporter.ask('round');
  const before = await exporter.ask<Memory>('memory');
  await exporter.ask('start', { mix: fleetOf(targets) });
  for (let round = 0; round < 3; round += 1) await exporter.ask('round');
  const after = await exporter.ask<Memory>('memory');
  const perTarget = (after.used - before.used) / targets / 1000;
  const text = after.rendered / targets / 1000;
  return [
    {
      what: `memory per idle target over its rendered text, ${targets.toLocaleString('en')} targets`,
      measured: `${perTarget.toFixed(1)} kB, ${(after.series / targets).toFixed(1)} series`,
      against: `text: ${text.toFixed(1)} kB`,
      figure: perTarget - text,
      unit: ' kB',
      target: { atMost: 12 },
    },
  ];
}

/** How the cost of refreshing and showing all targets grows with their number. */
export async function fleetSize(): Promise<Row[]> {
  const points: (readonly [number, number])[] = [];
  for (const targets of [100, 1_000, 10_000]) {
    await using exporter = new Subject('exporter');
    await exporter.ask('start', { mix: fleetOf(targets) });
    const refreshes = 30_000;
    const rounds = refreshes / targets;
    const costs: number[] = [];
    await exporter.ask('rounds', Math.max(4, rounds / 10));
    for (let repeat = 0; repeat < 7; repeat += 1) {
      costs.push((await exporter.ask<Cost>('roundsAndExpositions', rounds)).cpu / rounds);
    }
    points.push([targets, median(costs)]);
  }
  return [
    {
      what: 'refresh and exposition of 100, 1,000, 10,000 targets, without HTTP',
      measured: points
        .map(([, cost]) => `${cost.toFixed(1)}`)
        .join(', ')
        .concat(' ms CPU'),
      against: 'slope of the logarithms; 1 is linear',
      figure: growth(points),
      unit: '',
      target: { atMost: 1.1 },
    },
  ];
}
