import type { ProjectConfig } from '../config/config.ts';
import { printable } from '../log.ts';
import type { Timers } from '../timers.ts';
import type { Authenticator, Credential } from './auth/credential.ts';
import { createRenewed, type Renewed } from './auth/renewal.ts';
import type { Breakers, Sender } from './breaker.ts';
import { ApiError } from './errors.ts';
import type { Exchange } from './http-exchange.ts';
import { at, parseBody } from './parse-body.ts';
import { endpointUrl } from './url.ts';

export interface ProjectIdOptions {
  readonly project: Pick<ProjectConfig, 'iamEndpoint' | 'region' | 'projectId'>;
  readonly authenticator: Authenticator;
  readonly exchange: Exchange;
  readonly breakers: Breakers;
  readonly sender: Sender;
  readonly retry: <T>(attempt: () => Promise<T>) => Promise<T>;
  readonly timers: Timers;
}

/** The configured project id, else the credential's, else that of the project that IAM knows by the region's name. */
export function createProjectId(options: ProjectIdOptions): () => Promise<string> {
  const { project, authenticator, timers } = options;
  let current: { readonly credential: string; readonly projectId: Renewed<string> } | undefined;
  return async () => {
    if (project.projectId !== undefined) return project.projectId;
    const credential = await authenticator.credential();
    if (credential.projectId !== undefined) return credential.projectId;
    if (current?.credential !== credential.id) {
      const obtain = async () => ({ value: await lookUp(options), lifetime: Number.POSITIVE_INFINITY });
      current = { credential: credential.id, projectId: createRenewed(obtain, 0, timers) };
    }
    return current.projectId.get();
  };
}

async function lookUp({ project, authenticator, exchange, breakers, sender, retry }: ProjectIdOptions) {
  const credential = await authenticator.credential();
  const body = await retry(() =>
    breakers.run(credential.id, sender, () => listProjects(project, credential, exchange)),
  );
  const listed = at(body, 'projects');
  const projects = (Array.isArray(listed) ? listed : []).map((item: unknown) => ({
    id: String(at(item, 'id')),
    name: String(at(item, 'name')),
  }));
  const named = projects.filter(({ name }) => name === project.region);
  const [found, ...others] = named.length > 0 ? named : projects;
  if (found === undefined) {
    throw new ApiError('other', `iam_projects: IAM knows no project named ${project.region}; set project_id`);
  }
  if (others.length > 0) {
    const names = [found, ...others]
      .slice(0, 10)
      .map(({ id, name }) => printable(`${name} (${id})`.slice(0, 100)));
    throw new ApiError(
      'other',
      `iam_projects: several projects match ${project.region}: ${names.join(', ')}; set project_id`,
    );
  }
  if (!/^[\w-]{1,64}$/.test(found.id)) {
    throw new ApiError('malformed', 'iam_projects: the project has an id that is none');
  }
  return found.id;
}

async function listProjects(
  project: ProjectIdOptions['project'],
  credential: Credential,
  exchange: Exchange,
): Promise<unknown> {
  const url = endpointUrl(project.iamEndpoint, '/v3/projects', { name: project.region });
  const answer = await exchange({
    operation: 'iam_projects',
    method: 'GET',
    url,
    headers: credential.headers({ method: 'GET', url, body: '' }),
    secrets: credential.secrets,
  });
  return parseBody('iam_projects', answer);
}
