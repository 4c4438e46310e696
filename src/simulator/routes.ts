import express, { type Express, type RequestHandler } from 'express';
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

/** Every path of the simulated cloud. */
export function createRoutes(gateway: Gateway, parts: RouteParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(express.raw({ type: () => true, limit: '12mb', inflate: false }));

  const modelArts = (operation: Operation, endpoint: (call: Call) => Answer): RequestHandler =>
    gateway.handle(operation, (arrival) => {
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
    });
  // A stand-in for Alertmanager, so that the demo shows deliveries: it takes everything and forgets it.
  app.post('/api/v2/alerts', (_request, response) => {
    response.status(200).end();
  });
  for (const { operation, method, path, answer } of ENDPOINTS)
    app[method](path, modelArts(operation, answer));

  app.post('/v3/auth/tokens', iamHandler(gateway, 'iam_token', issueToken(parts)));
  app.get('/v3/auth/tokens', iamHandler(gateway, 'iam_token', verifyToken(parts)));
  app.get('/v3/projects', iamHandler(gateway, 'iam_projects', iamProjects(parts)));

  const metadata = (endpoint: (arrival: Arrival) => Answer): RequestHandler =>
    gateway.handle('ecs_metadata', endpoint);
  app.put(
    '/meta-data/latest/api/token',
    metadata(({ headers, now }) => parts.ecsMetadata.issueToken(headers, now)),
  );
  app.get(
    '/openstack/latest/securitykey',
    metadata(({ headers, now }) => parts.ecsMetadata.securityKey(headers, now)),
  );

  app.use(
    gateway.handle(undefined, ({ requestId, dialect }) => {
      const message = 'The API does not exist or has not been published in the environment';
      return gatewayError(404, '0101', message, requestId, dialect);
    }),
  );
  return app;
}

/** IAM calls a request's id by a name of its own. */
function iamHandler(
  gateway: Gateway,
  operation: Operation,
  endpoint: (arrival: Arrival) => Answer,
): RequestHandler {
  return gateway.handle(operation, (arrival) => {
    const answer = endpoint(arrival);
    return { ...answer, headers: { ...answer.headers, 'X-IAM-Trace-Id': arrival.requestId } };
  });
}

function issueToken({ iam }: RouteParts): (arrival: Arrival) => Answer {
  return ({ body, query, now }) => iam.issueToken(body, query, now);
}

function verifyToken({ iam, gatekeeper }: RouteParts): (arrival: Arrival) => Answer {
  return (arrival) =>
    gatekeeper.check({ ...arrival, projectId: undefined }) ??
    iam.verifyToken(arrival.headers['x-subject-token']);
}

function iamProjects({ iam, gatekeeper }: RouteParts): (arrival: Arrival) => Answer {
  return (arrival) => {
    const refusal = gatekeeper.check({ ...arrival, projectId: undefined });
    if (refusal !== undefined) return refusal;
    return iam.projects(arrival.query.get('name'), `http://${arrival.headers['host'] ?? ''}/v3/projects`);
  };
}
