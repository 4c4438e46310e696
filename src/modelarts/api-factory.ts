import type { Config, ProjectConfig } from '../config/config.ts';
import type { ApiObserver } from './api.ts';
import { type Client, type ClientDeps, createClient } from './client.ts';
import type { Pause } from './request-gate.ts';

/** Opens the way to a project's cloud, with what the configuration sets for all projects. */
export type ApiFactory = (project: ProjectConfig, config: Config, observer: ApiObserver) => Client;

/** What the process lends to the clients of all projects. */
export type ApiHost = Omit<ClientDeps, 'observer' | 'responseBytes' | 'pause'>;

export function apiFactory(host: ApiHost): ApiFactory {
  const pauses = new Map<string, Pause>();
  return (project, { limits }, observer) => {
    const pause = pauses.get(project.name) ?? { until: Number.NEGATIVE_INFINITY };
    pauses.set(project.name, pause);
    return createClient(project, { ...host, observer, pause, responseBytes: limits.responseBytes });
  };
}
