import express, { type Express } from 'express';
import type { Operation } from '../modelarts/api.ts';
import type { EcsMetadata } from './access/ecs-metadata.ts';
import type { Gatekeeper } from './access/gatekeeper.ts';
import type { Iam } from './access/iam.ts';
import type { Throttle } from './access/throttle.ts';
import { type Answer, gatewayError, modelArtsError } from './answer.ts';
import type { Cloud } from './cloud.ts';
import type { Call } from './endpoints/call.ts';
import { ENDPOINTS } from './endpoints/endpoints.ts';
import type { Arrival, Gateway } from './gateway.ts';

export interface RouteParts {
  readonly cloud: Cloud;
  readonly gatekeeper: Gatekeeper;
  readonly throttle: Throttle | undefined;
  readonly iam: Iam;
  readonly ecsMetadata: EcsMetadata;
}

/** A path of the simulated cloud, and who answers there. */
export interface Route {
  readonly operation: Operation;
  readonly method: 'get' | 'post' | 'put';
  /** With the names of its parameters, as in `/v1/:project/services`. */
  readonly path: string;
  readonly answer: (arrival: Arrival) => Answer;
}

/** Every path of the simulated cloud. */
export function createRoutes(parts: RouteParts): readonly Route[] {
  const { ecsMetadata } = parts;
  const modelArts = (endpoint: (call: Call) => Answer) => (arrival: Arrival) => {
    const projectId = arrival.params['project'];
    const refusal =
      parts.gatekeeper.check({ ...arrival, projectId }) ??
      parts.throttle?.check(projectId ?? '', arrival.now, arrival.requestId, arrival.dialect);
    if (refusal !== undefined) return refusal;
    const project = parts.cloud.projects.find(({ id }) => id === projectId);
    if (project === undefined) return modelArtsError(400, '0210', 'Invalid project ID.');
    const answer = endpoint({ ...arrival, cloud: parts.cloud, project });
    if (parts.throttle === undefined || arrival.headers['x-apig-mode'] !== 'debug') return answer;
    const quota = { 'X-Apig-RateLimit-user': parts.throttle.told(project.id) };
    return { ...answer, headers: { ...answer.headers, ...quota } };
  };
  const iam = (operation: Operation, method: Route['method'], path: string, answer: Route['answer']) => ({
    operation,
    method,
    path,
    answer: withTraceId(answer),
  });
  const metadata = (method: Route['method'], path: string, answer: Route['answer']) => ({
    operation: 'ecs_metadata' as const,
    method,
    path,
    answer,
  });
  return [
    ...ENDPOINTS.map((endpoint) => ({ ...endpoint, answer: modelArts(endpoint.answer) })),
    iam('iam_token', 'post', '/v3/auth/tokens', issueToken(parts)),
    iam('iam_token', 'get', '/v3/auth/tokens', verifyToken(parts)),
    iam('iam_projects', 'get', '/v3/projects', iamProjects(parts)),
    metadata('put', '/meta-data/latest/api/token', (arrival) =>
      ecsMetadata.issueToken(arrival.headers, arrival.now),
    ),
    metadata('get', '/openstack/latest/securitykey', (arrival) =>
      ecsMetadata.securityKey(arrival.headers, arrival.now),
    ),
  ];
}

/** The simulated cloud as a handler of HTTP. */
export function createHandler(gateway: Gateway, parts: RouteParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(express.raw({ type: () => true, limit: '12mb', inflate: false }));
  // A stand-in for Alertmanager, so that the demo shows deliveries: it takes everything and forgets it.
  app.post('/api/v2/alerts', (_request, response) => {
    response.status(200).end();
  });
  for (const { operation, method, path, answer } of createRoutes(parts))
    app[method](path, gateway.handle(operation, answer));
  app.use(
    gateway.handle(undefined, ({ requestId, dialect }) => {
      const message = 'The API does not exist or has not been published in the environment';
      return gatewayError(404, '0101', message, requestId, dialect);
    }),
  );
  return app;
}

/** IAM calls a request's id by a name of its own. */
function withTraceId(endpoint: Route['answer']): Route['answer'] {
  return (arrival) => {
    const answer = endpoint(arrival);
    return { ...answer, headers: { ...answer.headers, 'X-IAM-Trace-Id': arrival.requestId } };
  };
}

function issueToken({ iam }: RouteParts): Route['answer'] {
  return ({ body, query, now }) => iam.issueToken(body, query, now);
}

function verifyToken({ iam, gatekeeper }: RouteParts): Route['answer'] {
  return (arrival) =>
    gatekeeper.check({ ...arrival, projectId: undefined }) ??
    iam.verifyToken(arrival.headers['x-subject-token']);
}

function iamProjects({ iam, gatekeeper }: RouteParts): Route['answer'] {
  return (arrival) => {
    const refusal = gatekeeper.check({ ...arrival, projectId: undefined });
    if (refusal !== undefined) return refusal;
    return iam.projects(arrival.query.get('name'), `http://${arrival.headers['host'] ?? ''}/v3/projects`);
  };
}
