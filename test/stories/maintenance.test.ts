import { expect, test } from 'vitest';
import { Cloud } from '../../src/simulator/cloud.ts';
import type { DialectOptions } from '../../src/simulator/dialect.ts';
import type { ScheduledEvent } from '../../src/simulator/model.ts';
import { POOL, PROJECT, runExporter } from '../collection/running-exporter.ts';

const NOW = Date.parse('2024-05-06T07:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A pool that is listed every 30 seconds, and a way to look after so many minutes. */
async function poolScene(scheduledEvents: DialectOptions['scheduledEvents'] = {}) {
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  cloud.addPool(PROJECT, { name: POOL, display_name: 'gpu' });
  const discovery = { pools: { enabled: true, refresh: '30s' } };
  const run = await runExporter(
    { project: { discovery } },
    { now: NOW, cloud, dialect: { scheduledEvents } },
  );
  const { collector } = run.exporter;
  const look = async (minutes: number) => {
    run.setNow(NOW + minutes * MINUTE);
    await collector.discover();
    await collector.collect(Number.POSITIVE_INFINITY);
    await collector.flush();
  };
  const plan = (id: string, more: Partial<ScheduledEvent> = {}) =>
    cloud.addScheduledEvent(PROJECT, { id, poolName: POOL, publishTime: NOW, ...more });
  /** The series that are not 0, by what tells them apart. */
  const shown = () =>
    Object.fromEntries(
      [...run.series()].flatMap(([series, value]) => {
        const [, name, labels = ''] =
          /^modelarts_pool_maintenance_(\w+)\{.*?pool_name="gpu",(.*)\}/.exec(series) ?? [];
        return name === undefined || value === 0 ? [] : [[`${name} ${labels.replaceAll('"', '')}`, value]];
      }),
    );
  const alerts = () =>
    run.exporter.alerts().map(({ labels, severity, startsAt, annotations }) => ({
      name: `${labels['alertname']} ${labels['reason']} ${severity}`,
      minute: (startsAt - NOW) / MINUTE,
      text: annotations['description'],
    }));
  const asked = () => run.simulator.requests.count('list_scheduled_events');
  const view = () => run.exporter.collector.targets()[0];
  return { cloud, run, look, plan, shown, alerts, asked, view };
}

test('maintenance is shown from when it is planned until it is over, and told as long as somebody should know', async () => {
  const { look, plan, shown, alerts, run } = await poolScene();
  const event = plan('event-1', {
    type: 'system-maintenance',
    nodeName: 'node-3',
    description: 'A new version of its firmware.',
  });
  await look(0);
  const labels = 'event=event-1,type=system_maintenance,node=node-3';
  expect(shown()).toEqual({
    [`start_timestamp_seconds ${labels}`]: NOW / 1000,
    [`state ${labels},state=inquiring`]: 1,
  });
  expect([...run.series()].filter(([name]) => name.includes('maintenance_state'))).toHaveLength(3);
  expect(alerts()).toEqual([
    {
      name: 'ModelArtsPoolMaintenance system_maintenance warning',
      minute: 0,
      text: 'node-3: system_maintenance waits to be authorised, from 2024-05-06T07:00:00.000Z: A new version of its firmware.',
    },
  ]);

  const start = NOW + 48 * HOUR;
  Object.assign(event, { state: 'scheduled', notBefore: start });
  await look(10);
  expect(shown()).toEqual({
    [`start_timestamp_seconds ${labels}`]: start / 1000,
    [`state ${labels},state=scheduled`]: 1,
  });
  // Two days are enough to know of it the day before.
  await look(15);
  expect(alerts()).toEqual([]);
  await look(25 * 60);
  expect(alerts()).toMatchObject([
    { minute: 0, text: expect.stringContaining('is planned, from 2024-05-08T07') },
  ]);

  Object.assign(event, { state: 'executing', startTime: start + 2_000 });
  await look(48 * 60 + 5);
  expect(shown()).toEqual({
    [`start_timestamp_seconds ${labels}`]: start / 1000 + 2,
    [`state ${labels},state=executing`]: 1,
  });
  event.state = 'completed';
  await look(48 * 60 + 11);
  expect(shown()).toEqual({});
  await look(48 * 60 + 15);
  expect(alerts()).toEqual([]);
});

test.each<[string, DialectOptions['scheduledEvents'], number]>([
  ['as documented', {}, 1],
  ['in pages, with an offset of records', { pageCap: 2 }, 7],
  ['in pages, with an offset of pages', { pageCap: 2, offset: 'page' }, 4],
  ['by an older region, all at once and without a total', { paging: 'ignored' }, 2],
])('all that is planned is found: %s', async (_, dialect, requests) => {
  const { look, plan, shown, asked } = await poolScene(dialect);
  for (const id of ['a', 'b', 'c', 'd', 'e']) plan(id);
  plan('over', { state: 'failed' });
  plan('of no pool', { poolName: undefined, instanceType: 'devserver' });
  plan('of another pool', { poolName: 'pool-other' });
  await look(0);
  const events = Object.keys(shown()).flatMap((name) => /^state event=(.*?),/.exec(name)?.[1] ?? []);
  expect(events).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(asked()).toBe(requests);
});

test.each(['forbidden', 'unpublished'] as const)(
  'where scheduled events are %s, nothing is wrong, and they are not asked for again for hours',
  async (access) => {
    const { look, shown, asked, run, plan } = await poolScene({ access });
    plan('event-1');
    for (const minutes of [0, 5, 10, 60, 300]) await look(minutes);
    expect(asked()).toBe(1);
    expect(shown()).toEqual({});
    expect(run.log.filter(({ level }) => level !== 'info')).toEqual([]);
    const own = [...(await run.self())];
    expect(own.filter(([name, value]) => name.startsWith('modelarts_refresh_errors') && value > 0)).toEqual(
      [],
    );
    expect([...run.series()].find(([name]) => name.startsWith('modelarts_target_up'))?.[1]).toBe(1);
    run.simulator.changeDialect({ scheduledEvents: { access: 'granted' } });
    await look(361);
    expect(asked()).toBe(2);
    expect(Object.keys(shown())).toHaveLength(2);
  },
);

test('scheduled events are asked for with every tenth listing, and for a new pool at once', async () => {
  const { cloud, look, plan, asked, run } = await poolScene();
  for (let half = 0; half <= 20; half += 1) await look(half / 2);
  expect([run.simulator.requests.count('list_pools'), asked()]).toEqual([21, 3]);
  cloud.addPool(PROJECT, { name: 'pool-new', display_name: 'new' });
  plan('event-1', { poolName: 'pool-new' });
  await look(10.5);
  await look(11);
  expect(asked()).toBe(4);
  expect(run.seriesText()).toContain('pool_name="new",event="event-1"');
});

test('a failure of theirs leaves what is known, and is none of the listing', async () => {
  const { look, plan, shown, run } = await poolScene();
  plan('event-1');
  await look(0);
  run.simulator.faults.add({ kind: 'status', status: 500 }, { operation: 'list_scheduled_events' });
  await look(6);
  expect(Object.keys(shown())).toHaveLength(2);
  expect(run.log.filter(({ level }) => level !== 'info')).toEqual([]);
});

test('of very many, those that start last are told together', async () => {
  const { look, plan, shown, alerts } = await poolScene();
  for (let index = 1; index <= 60; index += 1) plan(`event-${index}`, { notBefore: NOW + index * MINUTE });
  await look(0);
  const series = Object.entries(shown());
  expect(series).toHaveLength(2 * 51);
  expect(Object.fromEntries(series)).toMatchObject({
    'start_timestamp_seconds event=other,type=other': NOW / 1000 + 51 * 60,
    'state event=other,type=other,state=inquiring': 1,
  });
  expect(alerts().map(({ name }) => name)).toEqual([
    'ModelArtsPoolMaintenance node_reboot warning',
    'ModelArtsPoolMaintenance other warning',
  ]);
});

test('the page of the pool tells the nodes, and its row how many', async () => {
  const { look, plan, view } = await poolScene();
  plan('event-1', { nodeName: 'node-1', state: 'executing', startTime: NOW - HOUR });
  plan('event-2', { nodeName: 'node-2', notBefore: NOW + HOUR });
  await look(0);
  const target = view();
  expect(target?.standing?.remarks).toEqual([
    '1 node',
    '1 node under maintenance',
    '1 node to be maintained',
  ]);
  const tables = target?.kind.showing.detail(target.state).tables;
  expect(tables?.find(({ title }) => title === 'Planned maintenance')?.rows).toEqual([
    [{ text: 'node-1' }, expect.anything(), { verdict: 'executing', news: 'bad' }, { instant: NOW - HOUR }],
    [{ text: 'node-2' }, expect.anything(), { verdict: 'inquiring', news: 'none' }, { instant: NOW + HOUR }],
  ]);
});
