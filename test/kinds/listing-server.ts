import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DiscoveryConfig } from '../../src/config/config.ts';
import type { Discovered, DiscoveryRequest } from '../../src/kinds/discovered.ts';
import type { Api, ApiRequest } from '../../src/modelarts/api.ts';
import { ApiError } from '../../src/modelarts/errors.ts';
import { DEFAULT_TOKEN } from '../../src/simulator/access/credentials.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import {
  createSocketlessSimulator,
  type SocketlessSimulator,
} from '../simulator-kit/socketless-simulator.ts';
import {
  startTestSimulator,
  type TestSimulator,
  type TestSimulatorOptions,
} from '../simulator-kit/test-simulator.ts';

export const PROJECT = '0123456789abcdef0123456789abcdef';
export const NOW = Date.parse('2024-06-01T12:00:00Z');

export const SETTINGS: DiscoveryConfig = {
  enabled: true,
  refresh: 300_000,
  linger: 3_600_000,
  include: [],
  exclude: [],
  status: [],
  createdWithin: 0,
  extras: [],
};

export function rule(text: string): RegExp {
  return new RegExp(`^(?:${text})$`, 'u');
}

/** An API without retries, limits or renewal. */
function plainApi(url: string): Api {
  return {
    async request(request: ApiRequest) {
      const { body } = request;
      const response = await fetch(urlOf(url, request), {
        headers: { 'X-Auth-Token': DEFAULT_TOKEN },
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      });
      const answer: unknown = await response.json();
      if (response.ok) return answer;
      throw new ApiError('other', JSON.stringify(answer), { status: response.status });
    },
  };
}

function urlOf(base: string, { version, path, query = {} }: ApiRequest): URL {
  const url = new URL(`${base}/${version}/${PROJECT}/${path}`);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

export function requestOf<D>(
  api: Api,
  settings: Partial<DiscoveryConfig> = {},
  known: readonly Discovered<D>[] = [],
  now = NOW,
  whole = known.length === 0,
  doubted: ReadonlySet<string> = new Set(),
): DiscoveryRequest<D> {
  const knownById = new Map(known.map((target) => [target.id, target]));
  return { api, settings: { ...SETTINGS, ...settings }, known: knownById, whole, doubted, now };
}

/** Runs against a simulated cloud with one empty project. */
export async function withSimulator(
  options: Partial<TestSimulatorOptions>,
  use: (simulator: TestSimulator, api: Api) => Promise<void>,
): Promise<void> {
  const simulator = await startTestSimulator({ now: () => NOW, ...options });
  simulator.cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  try {
    await use(simulator, plainApi(simulator.url));
  } finally {
    await simulator.close();
  }
}

/** The same without HTTP, for what takes many requests. */
export async function withSocketlessSimulator(
  use: (simulator: SocketlessSimulator, api: Api) => Promise<void>,
): Promise<void> {
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  const simulator = createSocketlessSimulator({ now: () => NOW, cloud });
  const exchange = simulator.createExchange({ timeout: Number.POSITIVE_INFINITY });
  const headers = { 'X-Auth-Token': DEFAULT_TOKEN };
  await use(simulator, {
    async request(request) {
      const { operation, body: asked } = request;
      const body = asked === undefined ? undefined : JSON.stringify(asked);
      const method = body === undefined ? 'GET' : 'POST';
      const url = urlOf(simulator.url, request);
      const { text } = await exchange({ operation, method, url, headers, body, secrets: [] });
      return JSON.parse(text);
    },
  });
}

/** Runs against a server that gives one answer after the other, the last one for ever. */
export async function withAnswers(
  answers: readonly unknown[],
  use: (api: Api) => Promise<void>,
): Promise<void> {
  let served = 0;
  const server = createServer((request, response) => {
    request.resume();
    response.end(JSON.stringify(answers[Math.min(served++, answers.length - 1)]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use(plainApi(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
