import type { Logger } from '../log.ts';
import { type ApiFactory, type ApiHost, apiFactory } from '../modelarts/api-factory.ts';
import { createBreakers } from '../modelarts/breaker.ts';
import { Quotas } from '../modelarts/quotas.ts';
import type { Runtime } from './runtime.ts';

interface Apis {
  readonly createApi: ApiFactory;
  /** Those that the requests of all projects keep to. */
  readonly quotas: Quotas;
}

/** The way to the real clouds of all projects. */
export function openApis(runtime: Runtime, log: Logger, onAnswer: ApiHost['onAnswer']): Apis {
  const { clock, timers, env, random, version } = runtime;
  const quotas = new Quotas(clock, timers.now);
  const breakers = createBreakers(timers);
  const createApi = apiFactory({ clock, timers, env, log, random, version, breakers, quotas, onAnswer });
  return { createApi, quotas };
}
