import type { Config, ProjectConfig } from '../config/config.ts';
import type { ApiObserver } from './api.ts';
import { type Client, type ClientDeps, createClient } from './client.ts';

/** Opens the way to a project's cloud, with what the configuration sets for all projects. */
export type ApiFactory = (project: ProjectConfig, config: Config, observer: ApiObserver) => Client;

/** What the process lends to the clients of all projects. */
export type ApiHost = Omit<ClientDeps, 'observer' | 'responseBytes'>;

export function apiFactory(host: ApiHost): ApiFactory {
  return (project, { limits }, observer) =>
    createClient(project, { ...host, observer, responseBytes: limits.responseBytes });
}
