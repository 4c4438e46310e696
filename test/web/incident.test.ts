import { expect, test } from 'vitest';
import { incidentOf } from '../../src/web/incident.ts';
import { readFilter } from '../../src/web/pages/page-filter.ts';
import { ALERT, FakeBackend, SERVICE } from './fake-backend.ts';

test('of targets that work alike those with an alert come first, the critical before the others', () => {
  const backend = new FakeBackend();
  backend.view = ['a', 'b', 'c'].map((id) => ({ ...SERVICE, id, name: id }));
  const order = () => {
    const filter = readFilter(new URLSearchParams(), backend.projects(), () => backend.targets());
    return incidentOf(backend, filter).targets.map(({ id }) => id);
  };
  const alert = (service_id: string, severity: string) => ({
    ...ALERT,
    labels: { alertname: 'A', project: 'prod', kind: 'service', service_id, severity },
  });
  expect(order()).toEqual(['a', 'b', 'c']);
  backend.firing = [alert('b', 'warning'), alert('c', 'critical'), alert('c', 'warning')];
  expect(order()).toEqual(['c', 'b', 'a']);
});
