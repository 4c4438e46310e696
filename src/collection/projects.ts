import { isDeepStrictEqual } from 'node:util';
import type { Config, ProjectConfig } from '../config/config.ts';
import { Project, type ProjectApi, type ProjectOptions } from './project.ts';

export interface ProjectsOptions extends ProjectOptions {
  readonly createApi: (project: ProjectConfig) => ProjectApi;
}

/** The projects of the configuration, at work. */
export class Projects {
  readonly #options: ProjectsOptions;
  readonly #projects = new Map<string, Project>();
  /** Those of former configurations, until their refreshes have ended. */
  readonly #retired = new Set<Project>();
  #responseBytes: number | undefined;
  #isDiscovering = false;

  constructor(options: ProjectsOptions) {
    this.#options = options;
  }

  /** Takes a configuration; projects that it does not change go on undisturbed. */
  configure({ projects, limits: { responseBytes } }: Config): void {
    const isSameLimit = responseBytes === this.#responseBytes;
    this.#responseBytes = responseBytes;
    const before = new Map(this.#projects);
    this.#projects.clear();
    for (const config of projects) {
      const known = before.get(config.name);
      const stays = known !== undefined && isSameLimit && isDeepStrictEqual(config, known.config);
      const project = stays
        ? known
        : new Project(config, this.#options.createApi(config), this.#options, known);
      this.#projects.set(config.name, project);
      project.exposeInfo();
      if (stays) before.delete(config.name);
      else if (this.#isDiscovering) project.startDiscovery();
    }
    for (const project of before.values()) {
      this.#retired.add(project);
      void project.retire().then(() => this.#retired.delete(project));
    }
  }

  get(name: string): Project | undefined {
    return this.#projects.get(name);
  }

  list(): readonly Project[] {
    return [...this.#projects.values()];
  }

  /** Lists what there is, again and again. */
  startDiscovery(): void {
    this.#isDiscovering = true;
    for (const project of this.#projects.values()) project.startDiscovery();
  }

  /** Lists what there is once. */
  async discover(): Promise<void> {
    await Promise.all(this.list().map((project) => project.discover()));
  }

  /** Ends all traffic at once. */
  close(): void {
    for (const project of [...this.#projects.values(), ...this.#retired]) project.close();
  }
}
