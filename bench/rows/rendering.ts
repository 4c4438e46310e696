import type { Cost } from '../cost.ts';
import { fleetOf } from '../fleet.ts';
import type { Row } from '../row.ts';
import { median } from '../statistics.ts';
import { Subject } from '../subject.ts';

/** Series per target of a fleet, on average; each row says how many there were in fact. */
export const SERIES_PER_TARGET = 18.4;
const REPEATS = 9;

/** The exporter's exposition of one target of each kind. */
export async function expositionTemplate(): Promise<string> {
  await using exporter = new Subject('exporter');
  await exporter.ask('start', { mix: { service: 1, training_job: 1, pool: 1 } });
  await exporter.ask('round');
  return await exporter.ask<string>('exposition');
}

/** Rendering of the target series when nothing changed, against joining them and against prom-client. */
export async function rendering(): Promise<Row[]> {
  const template = await expositionTemplate();
  const rows: Row[] = [];
  for (const wanted of [10_000, 100_000, 300_000]) {
    await using exporter = new Subject('exporter');
    await using stock = new Subject('prom-client');
    const mix = fleetOf(Math.round(wanted / SERIES_PER_TARGET));
    await exporter.ask('start', { mix });
    await exporter.ask('round');
    await stock.ask('fill', { template, mix });
    const { series } = await exporter.ask<{ series: number }>('memory');
    const times = Math.ceil(600_000 / wanted);
    const costs: { ours: number; join: number; stock: number }[] = [];
    for (let repeat = 0; repeat <= REPEATS; repeat += 1) {
      const ours = await exporter.ask<Cost>('renderSeries', times);
      const join = await exporter.ask<Cost>('joinLines', times);
      const metrics = await stock.ask<Cost>('render');
      // The first time everything is still being compiled.
      if (repeat > 0) costs.push({ ours: ours.cpu / times, join: join.cpu / times, stock: metrics.cpu });
    }
    const [ours, join, promClient] = (['ours', 'join', 'stock'] as const).map((which) =>
      median(costs.map((cost) => cost[which])),
    ) as [number, number, number];
    const what = `render ${series.toLocaleString('en')} series, nothing changed`;
    const measured = `${ours.toFixed(2)} ms CPU`;
    rows.push(
      {
        what,
        measured,
        against: `Array.join: ${join.toFixed(2)} ms`,
        figure: ours / join,
        unit: '',
        target: { atMost: 1.5 },
      },
      {
        what,
        measured,
        against: `prom-client: ${promClient.toFixed(1)} ms`,
        figure: promClient / ours,
        unit: '',
        target: { atLeast: 8 },
      },
    );
  }
  return rows;
}
