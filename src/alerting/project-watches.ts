import type { AlertProject } from './alert.ts';
import type { AlertRevisions } from './alert-revisions.ts';
import { type ProjectMemory, ProjectWatch } from './project-watch.ts';
import { resolveAll } from './states.ts';

/** The projects that are watched, and those that were removed while anything is to be told of them. */
export class ProjectWatches {
  readonly #revisions: AlertRevisions;
  readonly #watches = new Map<string, ProjectWatch>();

  constructor(revisions: AlertRevisions) {
    this.#revisions = revisions;
  }

  get(project: string): ProjectWatch | undefined {
    return this.#watches.get(project);
  }

  all(): readonly ProjectWatch[] {
    return [...this.#watches.values()];
  }

  /**
   * Makes these the projects that are watched.
   * @param before what a state file held of them
   */
  watch(projects: readonly AlertProject[], now: number, before: readonly ProjectMemory[]): void {
    for (const watch of this.all()) {
      if (projects.some(({ project }) => project === watch.project.project)) continue;
      watch.removed = true;
      this.#revisions.put(watch, resolveAll(watch.state, now));
    }
    for (const project of projects) {
      const known = this.#watches.get(project.project);
      if (known?.removed === false) {
        known.project = project;
        continue;
      }
      const memory = before.find((each) => each.project === project.project);
      const watch = new ProjectWatch(project, now, memory);
      this.#watches.set(project.project, watch);
      if (watch.state.length > 0) this.#revisions.touch(watch);
    }
  }

  /** Forgets one that was removed, of which nothing is to be told any more. */
  forgetToldOf({ project: { project }, removed, state }: ProjectWatch): void {
    if (removed && state.length === 0) this.#watches.delete(project);
  }
}
