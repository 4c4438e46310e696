import { resolve } from 'node:path';
import { mapEntries } from './key-names.ts';
import type { ConfigFile } from './schema.ts';

type ProjectFile = ConfigFile['projects'][number];

const ECS_METADATA = 'http://169.254.169.254';

/** A file in which every project has all of its api. */
export type CompleteFile = ReturnType<typeof complete>;
export type CompleteProject = CompleteFile['projects'][number];

/**
 * Fills in what depends on other keys of the file, or on its place.
 * @param directory what relative file names start from
 */
export function complete(file: ConfigFile, directory: string) {
  const path = (name: string) => (name === '' ? '' : resolve(directory, name));
  const { state, event_log, ...rest } = mapEntries(file, (key, value) => [
    key,
    key.endsWith('_file') && typeof value === 'string' ? path(value) : value,
  ]) as ConfigFile;
  return {
    ...rest,
    state: { ...state, file: path(state.file) },
    event_log: event_log === 'stdout' ? 'stdout' : path(event_log),
    projects: rest.projects.map((project) => completeProject(project, rest.api)),
  };
}

function completeProject(project: ProjectFile, defaults: ConfigFile['api']) {
  const { region, endpoint, iam_endpoint, api, auth } = project;
  return {
    ...project,
    endpoint: endpoint || `https://modelarts.${region}.myhuaweicloud.com`,
    iam_endpoint: iam_endpoint || `https://iam.${region}.myhuaweicloud.com`,
    api: { ...defaults, ...api, tls_config: { ...defaults.tls_config, ...api.tls_config } },
    auth: auth.ecs_metadata
      ? { ecs_metadata: true, ecs_metadata_endpoint: auth.ecs_metadata_endpoint ?? ECS_METADATA }
      : auth,
  };
}
