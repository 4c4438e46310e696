import { expect, test } from 'vitest';
import { AlertmanagerCluster } from './alertmanagers.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 0, 5);

function alertUntil(end: number) {
  const [startsAt, endsAt] = [new Date(NOW).toISOString(), new Date(end).toISOString()];
  return [{ labels: { alertname: 'a' }, annotations: {}, startsAt, endsAt }];
}

/** A cluster of two, both of which hear of an alert for an hour. */
function scene() {
  const cluster = new AlertmanagerCluster(2, 6 * MINUTE);
  for (const member of cluster.members) member.post(alertUntil(NOW + 60 * MINUTE), NOW);
  const told = () => cluster.notifications.splice(0).map(({ status }) => status);
  return { cluster, told };
}

test('an alert is told once when it begins and once when it runs out', () => {
  const { cluster, told } = scene();
  for (let minute = 1; minute <= 30; minute += 1) cluster.flush(NOW + minute * MINUTE);
  expect(told()).toEqual(['firing']);
  for (let minute = 61; minute <= 90; minute += 1) cluster.flush(NOW + minute * MINUTE);
  expect(told()).toEqual(['resolved']);
});

test('those that are cut off from each other tell both, and agree when they are not', () => {
  const { cluster, told } = scene();
  cluster.part(1);
  cluster.flush(NOW + MINUTE);
  expect(told()).toEqual(['firing', 'firing']);
  cluster.join(1);
  for (let minute = 2; minute <= 90; minute += 1) cluster.flush(NOW + minute * MINUTE);
  expect(told()).toEqual(['resolved']);
});

test('who has died knows again what the others have told', () => {
  const { cluster, told } = scene();
  cluster.flush(NOW + MINUTE);
  cluster.kill(0);
  cluster.start(0);
  cluster.members[0]?.post(alertUntil(NOW + 60 * MINUTE), NOW + 2 * MINUTE);
  cluster.flush(NOW + 3 * MINUTE);
  expect(told()).toEqual(['firing']);
});

test('the word that arrives last counts, though it was sent before another', () => {
  const { cluster, told } = scene();
  cluster.flush(NOW + MINUTE);
  for (const member of cluster.members) {
    member.post(alertUntil(NOW + 2 * MINUTE), NOW + 2 * MINUTE);
    member.post(alertUntil(NOW + 60 * MINUTE), NOW + 2 * MINUTE);
  }
  for (let minute = 3; minute <= 30; minute += 1) cluster.flush(NOW + minute * MINUTE);
  expect(told()).toEqual(['firing']);
});
