import type { Config, ProjectConfig } from '../config/config.ts';
import type { ApiObserver } from './api.ts';
import { type Client, type ClientDeps, createClient } from './client.ts';
import type { OnAnswer } from './http-exchange.ts';

/** Opens the way to a project's cloud, with what the configuration sets for all projects. */
export type ApiFactory = (project: ProjectConfig, config: Config, observer: ApiObserver) => Client;

/** What the process lends to the clients of all projects. */
export interface ApiHost extends Omit<ClientDeps, 'observer' | 'responseBytes' | 'pause' | 'onAnswer'> {
  /** Told of every answer, with the name of the project that it was for. */
  readonly onAnswer?: ((project: string, ...answered: Parameters<OnAnswer>) => void) | undefined;
}

export function apiFactory(host: ApiHost): ApiFactory {
  return (project, { limits }, observer) => {
    const { onAnswer, ...rest } = host;
    return createClient(project, {
      ...rest,
      observer,
      pause: host.quotas.pauseOf(project.name),
      responseBytes: limits.responseBytes,
      ...(onAnswer && { onAnswer: (...answered) => onAnswer(project.name, ...answered) }),
    });
  };
}
