import { expect, test, vi } from 'vitest';
import { WAIT } from '../patience.ts';
import { NOW, PROJECT, runSimulator } from '../simulator/running-simulator.ts';

test('the log shows requests without secrets, and is bounded', async () => {
  const simulator = await runSimulator({ loggedRequests: 2 });
  const headers = { 'X-Auth-Token': 'simulator-token', 'X-Language': 'en-us' };
  await simulator.get('/v1/{p}/services?limit=7', headers);
  const [entry] = simulator.requests.of('list_services');
  expect(entry).toMatchObject({
    at: NOW,
    operation: 'list_services',
    method: 'GET',
    path: `/v1/${PROJECT}/services`,
    query: { limit: '7' },
    headers: { 'x-language': 'en-us' },
    authentication: 'token',
    status: 200,
  });
  expect(JSON.stringify(entry)).not.toContain('simulator-token');

  await simulator.send('POST', '/v2/{p}/training-job-searches', { limit: 3 });
  const auth = { auth: { identity: { password: { user: { password: 'canary' } } } } };
  await simulator.send('POST', '/v3/auth/tokens', auth, {});
  expect(simulator.requests.entries.map(({ operation, body }) => [operation, body])).toEqual([
    ['list_training_jobs', '{"limit":3}'],
    ['iam_token', undefined],
  ]);
  expect(simulator.requests.count()).toBe(3);
  expect(simulator.requests.count('list_services')).toBe(1);
  simulator.requests.clear();
  expect([simulator.requests.count(), simulator.requests.entries]).toEqual([0, []]);
});

test('the log knows how many requests were in flight at once', async () => {
  const simulator = await runSimulator();
  for (const _ of [1, 2]) await simulator.get('/v1/{p}/services');
  expect(simulator.requests.peakInFlight).toBe(1);
  // None is answered before all have come, however busy the machine is.
  simulator.faults.add({ kind: 'latency', ms: 600_000 });
  const asked = Promise.allSettled([1, 2, 3].map(() => simulator.get('/v1/{p}/services')));
  await vi.waitFor(() => expect(simulator.requests.peakInFlight).toBe(3), WAIT);
  await simulator.close();
  await asked;
});
