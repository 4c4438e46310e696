import { onTestFinished } from 'vitest';
import { DEFAULT_TOKEN } from '../../src/simulator/access/credentials.ts';
import { Cloud } from '../../src/simulator/cloud.ts';
import type { TestSimulator, TestSimulatorOptions } from '../simulator-kit/test-simulator.ts';
import { startTestSimulator } from '../simulator-kit/test-simulator.ts';

export const PROJECT = '0123456789abcdef0123456789abcdef';
export const NOW = Date.parse('2024-05-06T07:08:09.123Z');

/** A JSON object as tests look into it. */
export type Fields = Readonly<Record<string, unknown>>;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Empty where the body is no JSON. */
  readonly json: Fields;
}

export interface Running extends TestSimulator {
  get(path: string, headers?: Record<string, string>): Promise<Reply>;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
}

/** A simulator with one project, closed when the test ends. */
export async function runSimulator(options: Partial<TestSimulatorOptions> = {}): Promise<Running> {
  const cloud = options.cloud ?? new Cloud();
  if (cloud.projects.length === 0) cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  const simulator = await startTestSimulator({ now: () => NOW, ...options, cloud });
  onTestFinished(() => simulator.close());
  const send: Running['send'] = async (method, path, body, headers = { 'X-Auth-Token': DEFAULT_TOKEN }) => {
    const response = await fetch(`${simulator.url}${path.replace('{p}', PROJECT)}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parse(text) };
  };
  return Object.assign(simulator, {
    send,
    get: (path: string, headers?: Record<string, string>) => send('GET', path, undefined, headers),
  });
}

/** A list in a body. */
export function list({ json }: Reply, field: string): readonly Fields[] {
  return json[field] as readonly Fields[];
}

function parse(text: string): Fields {
  try {
    return JSON.parse(text) as Fields;
  } catch {
    return {};
  }
}
