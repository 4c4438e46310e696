import type { ProjectConfig } from '../config/config.ts';
import { KIND_NAMES } from '../kind-table.ts';
import { KINDS } from '../kinds/kinds.ts';
import type { Operation } from '../modelarts/api.ts';

/** The calls that the exporter makes for a project as it is configured, its credentials included. */
export function operationsInUse(project: ProjectConfig): readonly Operation[] {
  const { auth, discovery, projectId, targets } = project;
  const operations: Operation[] = [];
  if (auth.kind === 'password') operations.push('iam_token');
  if (auth.kind === 'ecs_metadata') operations.push('ecs_metadata');
  // The answer to a password tells the project's id itself.
  if (projectId === undefined && auth.kind !== 'password') operations.push('iam_projects');
  for (const kind of KIND_NAMES) {
    const { reading, listing } = KINDS[kind];
    const isDiscovered = discovery[kind].enabled;
    if (isDiscovered) operations.push(listing.operation, ...(listing.besides ?? []));
    if (isDiscovered || targets[kind].length > 0) operations.push(...reading.operations);
  }
  return operations;
}
