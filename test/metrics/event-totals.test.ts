import { expect, test } from 'vitest';
import { KIND_NAMES, perKind } from '../../src/kind-table.ts';
import { EVENTS } from '../../src/metrics/event-totals.ts';
import { type ProjectTotal, ProjectTotals } from '../../src/metrics/project-totals.ts';
import { Scrapers } from '../../src/metrics/scrapers.ts';
import { JOB, PROJECT, runExporter, SERVICE } from '../collection/running-exporter.ts';

const NOW = Date.UTC(2026, 0, 10, 12);
const total = (kind: string, problem: boolean) =>
  `modelarts_events_total{project="prod",kind="${kind}",problem="${problem}"}`;

test('the events of all targets count together, from 0 at the start, and stay when a target is removed', async () => {
  const both = { project: { services: [{ id: SERVICE }, { id: 'other' }], training_jobs: [{ id: JOB }] } };
  const running = await runExporter(both, { now: NOW });
  const { cloud, poll, reload, self } = running;
  expect((await self()).get(total('service', true))).toBe(0);
  expect((await self()).get(total('pool', false))).toBe(0);
  for (const id of [SERVICE, 'other']) {
    cloud.addService(PROJECT, { service_id: id });
    for (const event_type of ['abnormal', 'abnormal', 'normal', 'unheard of']) {
      cloud.addServiceEvent(id, { event_type, event_info: `${event_type} of ${id}`, occur_time: NOW + 1 });
    }
  }
  cloud.addJob(PROJECT, { id: JOB });
  for (const level of ['Info', 'Warning', 'Error']) {
    cloud.addJobEvent(JOB, { time: NOW + 1_000, level, source: 'Job', message: level });
  }
  await poll();
  expect((await self()).get(total('service', true))).toBe(4);
  expect((await self()).get(total('service', false))).toBe(4);
  expect((await self()).get(total('training_job', true))).toBe(2);
  expect((await self()).get(total('training_job', false))).toBe(1);

  await reload({ project: { services: [{ id: SERVICE }] } });
  cloud.addServiceEvent(SERVICE, { event_type: 'abnormal', event_info: 'x', occur_time: NOW + 2 });
  await poll();
  expect((await self()).get(total('service', true))).toBe(5);
  expect((await self()).get(total('training_job', true))).toBe(2);

  // What was known of a target when it was removed does not count again when it is back.
  await reload(both);
  await poll();
  expect((await self()).get(total('service', true))).toBe(5);
  expect((await self()).get(total('training_job', true))).toBe(2);
});

/** Totals with a scraper who comes every second. */
function scene(saved: readonly ProjectTotal[] = []) {
  const time = { now: 0 };
  const scrapers = new Scrapers({ now: () => time.now });
  const families = perKind(() => [EVENTS]);
  const totals = new ProjectTotals(families, scrapers, { countingSince: 5_000, totals: saved });
  const configure = (project: string) => totals.configure(KIND_NAMES.map((kind) => ({ project, kind })));
  configure('prod');
  const connection = { destroyed: false };
  return {
    totals,
    configure,
    scrape() {
      time.now += 1_000;
      const scrape = scrapers.arrive({ name: 'server', connection, timeout: 1_000 }, 'everything');
      scrape.begin();
      const text = totals.text('text', true);
      scrape.end();
      for (const grown of totals.grownUp()) grown.capture()();
      return Number(/project="prod",kind="service",problem="true"} (\d+)/.exec(text)?.[1]);
    },
    count(value: number) {
      totals.add('prod', 'service', [{ family: EVENTS, labels: { problem: 'true' }, value }])?.capture()();
    },
  };
}

test('a scraper sees a total at 0 before it sees what was counted before it came', () => {
  const { scrape, count, totals } = scene();
  count(7);
  expect(totals.text('text', false)).toContain('kind="service",problem="true"} 7\n');
  expect(scrape()).toBe(0);
  expect(scrape()).toBe(7);
  count(1);
  expect(scrape()).toBe(8);
});

test('a saved total goes on at once where it was born, and begins with 0 where nobody had seen it', () => {
  const before = scene();
  before.count(7);
  const unborn = scene(JSON.parse(JSON.stringify(before.totals.state())));
  expect(unborn.scrape()).toBe(0);
  expect(unborn.scrape()).toBe(7);
  const born = scene(JSON.parse(JSON.stringify(unborn.totals.state())));
  expect(born.scrape()).toBe(7);
});

test('a project that a reload brings back goes on where it was', () => {
  const { totals, configure, scrape, count } = scene();
  scrape();
  count(7);
  scrape();
  configure('else');
  expect(scrape()).toBeNaN();
  expect(totals.text('openmetrics', false)).not.toContain('prod');
  configure('prod');
  expect(scrape()).toBe(7);
  expect(totals.text('openmetrics', false)).toContain(
    'modelarts_events_created{project="prod",kind="service",problem="true"} 5\n',
  );
});
