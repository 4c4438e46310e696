import type { Cloud } from '../../src/simulator/cloud.ts';
import type { DialectOptions } from '../../src/simulator/dialect.ts';
import type { ServiceEvent, UpdateRecord } from '../../src/simulator/model.ts';
import {
  POOL_EVENTS_EXAMPLE,
  SERVICE_EVENTS_EXAMPLE,
  SERVICE_UPDATE_LOGS_EXAMPLE,
  TRAINING_JOB_EVENTS_EXAMPLE,
} from './documented-examples.ts';
import type { ServedText } from './instruments.ts';

/** Ids of the documents' examples. The training job's is told only within its messages. */
export const DOCUMENTED_IDS = {
  project: '0123456789abcdef0123456789abcdef',
  service: '35de3ca9-1bca-4ae7-9cb0-914f30fa7d3e',
  updatedService: '195c1f2d-136d-40af-a0f3-db5717d2634a',
  trainingJob: '5bd61eea-9de2-4864-a0f7-5fae966171b5',
  pool: 'pool-6f5da086876d4cd084d36f8bd3346036',
} as const;

/**
 * Puts the documents' examples into a cloud, and returns the simulator options that go with them.
 * Requests as the documents show them get the documented texts letter for letter; any other request
 * of these ids is answered from the same events, in the same spacing. Only the word-for-word job
 * answer claims a total of 27: its other 17 events are not in the document.
 */
export function documentedScenario(cloud: Cloud): {
  readonly dialect: DialectOptions;
  readonly json: 'documented';
  readonly servedTexts: readonly ServedText[];
} {
  const project = DOCUMENTED_IDS.project;
  cloud.addProject({ id: project, name: 'cn-north-4' });
  addServices(cloud, project);
  addJob(cloud, project);
  addPool(cloud, project);
  const pool = { resource: 'pools', name: DOCUMENTED_IDS.pool, limit: '5' };
  return {
    // the example, asked for without an order, ascends although the text says descending
    dialect: { serviceEvents: { defaultOrder: 'asc' } },
    json: 'documented',
    servedTexts: [
      {
        operation: 'training_job_events',
        target: DOCUMENTED_IDS.trainingJob,
        query: {
          order: 'desc',
          offset: '0',
          limit: '10',
          start_time: '1669449696964',
          end_time: '1669711991259',
        },
        text: TRAINING_JOB_EVENTS_EXAMPLE,
      },
      ...[pool, { ...pool, continue: 'cde36780-1120-4753-bf75-0edb9ebd5a9e' }].map(
        (query): ServedText => ({
          operation: 'pool_events',
          target: DOCUMENTED_IDS.pool,
          query,
          text: POOL_EVENTS_EXAMPLE,
        }),
      ),
      {
        operation: 'pool_events',
        target: DOCUMENTED_IDS.pool,
        query: { ...pool, continue: '52eddc13-cfad-42d3-aee4-92fea5813e7f' },
        text: '{\n  "kind" : "EventList",\n  "apiVersion" : "v1",\n  "metadata" : { },\n  "items" : [ ]\n}',
      },
    ],
  };
}

function addServices(cloud: Cloud, project: string): void {
  const events = JSON.parse(SERVICE_EVENTS_EXAMPLE) as {
    service_id: string;
    service_name: string;
    events: ServiceEvent[];
  };
  cloud.addService(project, {
    service_id: events.service_id,
    service_name: events.service_name,
    status: 'deploying',
    events: events.events,
  });
  const updates = JSON.parse(SERVICE_UPDATE_LOGS_EXAMPLE) as {
    service_id: string;
    service_name: string;
    logs: UpdateRecord[];
  };
  cloud.addService(project, { ...updates });
}

function addJob(cloud: Cloud, project: string): void {
  const { events } = JSON.parse(TRAINING_JOB_EVENTS_EXAMPLE) as {
    events: { time: string; level: string; source: string; message: string }[];
  };
  const id = DOCUMENTED_IDS.trainingJob;
  cloud.addJob(project, { id, phase: 'Failed' });
  for (const event of events.toReversed()) cloud.addJobEvent(id, { ...event, time: Date.parse(event.time) });
}

function addPool(cloud: Cloud, project: string): void {
  const { items } = JSON.parse(POOL_EVENTS_EXAMPLE) as {
    items: {
      type: string;
      reason: string;
      message: string;
      count: number;
      firstTimestamp: string;
      lastTimestamp: string;
    }[];
  };
  cloud.addPool(project, { name: DOCUMENTED_IDS.pool });
  for (const { type, reason, message, count, firstTimestamp, lastTimestamp } of items) {
    cloud.addPoolEvent(DOCUMENTED_IDS.pool, {
      type,
      reason,
      message,
      count,
      firstTimestamp: Date.parse(firstTimestamp),
      lastTimestamp: Date.parse(lastTimestamp),
    });
  }
}
