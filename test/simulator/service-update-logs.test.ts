import { expect, test } from 'vitest';
import { list, PROJECT, runSimulator } from './running-simulator.ts';

const PATH = '/v1/{p}/services/s1/logs';
const record = (result: string, update_time: number) => ({ result, update_time, config: [] });

test('answers the records newest first, with what edge services add', async () => {
  const simulator = await runSimulator();
  simulator.cloud.addService(PROJECT, { service_id: 's1', service_name: 'one', infer_type: 'edge' });
  const running = simulator.cloud.addUpdateRecord('s1', record('RUNNING', 1));
  simulator.cloud.addUpdateRecord('s1', { ...record('FAIL', 2), success_num: 3, failed_num: 1 });
  running.result = 'SUCCESS';
  const { json } = await simulator.get(PATH);
  expect(json).toEqual({
    service_name: 'one',
    service_id: 's1',
    logs: [{ ...record('FAIL', 2), success_num: 3, failed_num: 1 }, record('SUCCESS', 1)],
  });
  expect((await simulator.get(`${PATH}?update_time=1`)).json['logs']).toEqual([record('SUCCESS', 1)]);
  simulator.changeDialect({ serviceUpdateLogs: { order: 'asc' } });
  expect(list(await simulator.get(PATH), 'logs')[0]?.['update_time']).toBe(1);
});

test('a batch service has no update records, told in one of three ways', async () => {
  const simulator = await runSimulator();
  simulator.cloud.addService(PROJECT, { service_id: 's1', infer_type: 'batch' });
  expect((await simulator.get(PATH)).status).toBe(400);
  simulator.changeDialect({ serviceUpdateLogs: { ofBatchService: 'not_found' } });
  expect((await simulator.get(PATH)).json['error_code']).toBe('ModelArts.3502');
  simulator.changeDialect({ serviceUpdateLogs: { ofBatchService: 'empty' } });
  expect((await simulator.get(PATH)).json['logs']).toEqual([]);
});
