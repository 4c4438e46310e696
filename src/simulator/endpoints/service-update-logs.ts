import { type Answer, modelArtsError, ok } from '../answer.ts';
import type { UpdateRecord } from '../model.ts';
import type { Call } from './call.ts';
import { QueryReader } from './query-reader.ts';
import { findService, INVALID_SERVICE_QUERY } from './service-events.ts';

/** `GET /v1/{project_id}/services/{service_id}/logs`: no paging; `update_time` picks the records of that instant. */
export function serviceUpdateLogs(call: Call): Answer {
  const service = findService(call);
  const { order, ofBatchService } = call.dialect.serviceUpdateLogs;
  if (service.infer_type === 'batch') {
    if (ofBatchService === 'bad_request') return modelArtsError(400, '0101', 'Invalid Argument.');
    if (ofBatchService === 'not_found') return modelArtsError(404, '3502', 'Service does not exist.');
  }
  const updateTime = new QueryReader(call.query, INVALID_SERVICE_QUERY).integer('update_time');
  const sign = order === 'asc' ? 1 : -1;
  const records = service.logs
    .filter((record) => updateTime === undefined || record.update_time === updateTime)
    .sort((a, b) => sign * (a.update_time - b.update_time));
  return ok({
    service_name: service.service_name,
    service_id: service.service_id,
    logs: records.map(wireRecord),
  });
}

function wireRecord({ result, update_time, config, ...edge }: UpdateRecord): unknown {
  return {
    result,
    update_time,
    config: config.map((model) => ({
      model_version: model.model_version,
      specification: model.specification,
      model_name: model.model_name,
      weight: model.weight,
      model_id: model.model_id,
      instance_count: model.instance_count,
      cluster_id: model.cluster_id,
    })),
    ...edge,
  };
}
