import { expect, test } from 'vitest';
import { Cloud } from '../../../src/simulator/cloud.ts';
import type { Project } from '../../../src/simulator/model.ts';
import { castDemo } from '../../../src/simulator/world/demo-cast.ts';
import { World } from '../../../src/simulator/world/world.ts';
import { countEvents, countUpdates } from '../../simulator-kit/ground-truth.ts';

const OPENING = Date.parse('2024-05-06T07:00:00Z');
const HOUR = 3_600_000;

interface Options {
  readonly seed?: number;
  readonly speed?: number;
}

function play({ seed = 1, speed = 1 }: Options = {}) {
  const cloud = new Cloud();
  const story: string[] = [];
  const onStory = (text: string, at: number) => story.push(`${at - OPENING} ${text}`);
  const world = new World({ cloud, seed, speed, opening: OPENING, history: 6 * HOUR, onStory });
  castDemo(cloud, world);
  world.step(OPENING);
  return { cloud, story, world };
}

const stateOf = ({ projects }: Cloud): unknown => JSON.parse(JSON.stringify(projects.map(plain)));
const plain = ({ services, jobs, pools, ...project }: Project): unknown => ({
  ...project,
  targets: [...services.values(), ...jobs.values(), ...pools.values()],
});

test('the same seed tells the same story, in whatever steps', () => {
  const [a, b, c] = [play(), play(), play({ seed: 2 })];
  for (const { world } of [a, c]) world.step(OPENING + 600_000);
  for (let at = 0; at <= 600_000; at += 777) b.world.step(OPENING + at);
  b.world.step(OPENING + 600_000);
  expect(b.story).toEqual(a.story);
  expect(stateOf(b.cloud)).toEqual(stateOf(a.cloud));
  expect(c.story).not.toEqual(a.story);
  expect(a.story.length).toBeGreaterThan(50);
});

test('history is told to nobody, yet fills every target', () => {
  const { cloud, story } = play();
  expect(story).toEqual([]);
  const truth = countEvents(cloud, OPENING - 6 * HOUR, OPENING);
  const targets = new Set(truth.map(({ target }) => target));
  for (const { services, pools } of cloud.projects) {
    for (const id of [...services.keys(), ...pools.keys()]) expect(targets).toContain(id);
  }
  expect(countEvents(cloud, OPENING + 1)).toEqual([]);
});

test.each([1, 2, 3, 4, 5])(
  'within two minutes everything has happened that a metric tells of: seed %i',
  (seed) => {
    const { cloud, world } = play({ seed });
    const statuses = new Set<string>();
    for (let at = 0; at <= 120_000; at += 1000) {
      world.step(OPENING + at);
      for (const { services, jobs, pools } of cloud.projects) {
        for (const { status } of services.values()) statuses.add(`service ${status}`);
        for (const { phase } of jobs.values()) statuses.add(`job ${phase}`);
        for (const { phase } of pools.values()) statuses.add(`pool ${phase}`);
      }
    }
    const classes = new Set(
      countEvents(cloud, OPENING).map((each) => `${each.kind} ${each.classes.join(' ')}`),
    );
    expect([...classes]).toEqual(
      expect.arrayContaining([
        'service normal',
        'service abnormal',
        'training_job info k8s',
        'training_job info job',
        'training_job info task',
        'training_job warning job',
        'training_job error job',
        'pool normal PoolStatusChange',
        'pool warning PoolStatusChange',
        'pool normal PoolResourcesStatusChange',
        'pool warning PoolResourcesStatusChange',
      ]),
    );
    expect([...statuses]).toEqual(
      expect.arrayContaining([
        'service running',
        'service deploying',
        'service concerning',
        'job Creating',
        'job Pending',
        'job Running',
        'job Completed',
        'job Failed',
        'pool Running',
        'pool Abnormal',
      ]),
    );
    const updates = [...countUpdates(cloud, OPENING).values()];
    expect(updates.some(({ success }) => success > 0)).toBe(true);
    expect(updates.some(({ fail }) => fail > 0)).toBe(true);

    const services = cloud.projects.flatMap((project) => [...project.services.values()]);
    const recent = services.flatMap((each) => each.events).filter((event) => event.occur_time >= OPENING);
    for (const phase of [
      'build image success',
      'prepare environment',
      'schedule',
      'pull image',
      'started.',
    ]) {
      expect(recent.some((event) => event.event_info.includes(phase))).toBe(true);
    }
    expect(services.some((each) => each.logs.some((record) => record.success_num !== undefined))).toBe(true);
    const jobs = cloud.projects.flatMap((project) => [...project.jobs.values()]);
    expect(jobs.some((job) => job.task_statuses.some((task) => task.exit_code > 0))).toBe(true);
    expect(jobs.some((job) => job.running_records.length > 1)).toBe(true);
    expect(jobs.some((job) => job.running_records.some((run) => run.recover_records.length > 0))).toBe(true);
  },
);

test('speed packs the same kind of life into less time, at true times', () => {
  const slow = play();
  const fast = play({ speed: 60 });
  for (const { world } of [slow, fast]) world.step(OPENING + 60_000);
  expect(fast.story.length).toBeGreaterThan(20 * slow.story.length);
  expect(countEvents(fast.cloud, OPENING + 60_001)).toEqual([]);
});

test('a day of it stays bounded, and pools never lose or gain a node for good', () => {
  const { cloud, world } = play();
  world.step(OPENING + 24 * HOUR);
  for (const { services, jobs, pools } of cloud.projects) {
    expect(services.size).toBeLessThan(6);
    expect(jobs.size).toBeLessThan(16);
    for (const service of services.values()) expect(service.events.length).toBeLessThan(20_100);
    for (const { display_name, resources } of pools.values()) {
      const [nodes] = resources;
      const held = (nodes?.available ?? 0) + (nodes?.abnormal ?? 0);
      const size = display_name === 'lab' ? 3 : 8;
      expect(held).toBeGreaterThanOrEqual(size);
      expect(held).toBeLessThanOrEqual(size + 1);
    }
  }
});
