import type { Config, ProjectConfig } from '../config/config.ts';
import { KIND_NAMES, type KindName } from '../kind-table.ts';
import { operationsInUse } from './operations-in-use.ts';

/** What the exporter's own metrics are to have series for. */
export function configuredSeries({ projects, alerting }: Config) {
  const kindsOf = (has: (project: ProjectConfig, kind: KindName) => boolean) =>
    projects.flatMap((project) =>
      KIND_NAMES.filter((kind) => has(project, kind)).map((kind) => ({ project: project.name, kind })),
    );
  return {
    projects: projects.map(({ name }) => name),
    kinds: kindsOf(({ targets, discovery }, kind) => targets[kind].length > 0 || discovery[kind].enabled),
    discoveries: kindsOf(({ discovery }, kind) => discovery[kind].enabled),
    operations: projects.flatMap((project) =>
      operationsInUse(project).map((operation) => ({ project: project.name, operation })),
    ),
    alertmanagers: alerting.alertmanagers.map(({ url }) => url),
  };
}
