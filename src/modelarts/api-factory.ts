import type { Config, ProjectConfig } from '../config/config.ts';
import type { ApiObserver } from './api.ts';
import type { Breakers } from './breaker.ts';
import { type Client, type ClientDeps, createClient } from './client.ts';

/** Opens the way to a project's cloud, with what the configuration sets for all projects. */
export type ApiFactory = (project: ProjectConfig, config: Config, observer: ApiObserver) => Client;

/** What the process lends to the clients of all projects. */
export type ApiHost = Omit<ClientDeps, 'observer' | 'responseBytes' | 'breakers'>;

/** @param breakers shared by all projects, since two of them may have the same credential */
export function apiFactory(host: ApiHost, breakers: Breakers): ApiFactory {
  return (project, { limits }, observer) =>
    createClient(project, { ...host, observer, responseBytes: limits.responseBytes, breakers });
}
