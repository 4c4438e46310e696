import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { DIRECTORY } from '../prometheus/rules.ts';
import { RealAlertmanager } from './real-alertmanager.ts';

export type Labels = Readonly<Record<string, string>>;
type Receiver = Readonly<Record<string, unknown>> & { readonly name: string };

interface Example {
  readonly route: Record<string, unknown>;
  readonly receivers: readonly Receiver[];
  readonly templates: readonly string[];
}

const TEXT = readFileSync(`${DIRECTORY}alertmanager.yml`, 'utf8');

/** The receivers of the example as they are without their comment signs. */
export function filledInReceivers(): readonly Receiver[] {
  const text = TEXT.slice(TEXT.indexOf('receivers:')).replaceAll('    # ', '    ');
  return (parse(text) as Example).receivers;
}

/** Runs an Alertmanager with the example, its receivers filled in, and quick. */
export async function startExample(fillIn: (name: string) => object): Promise<RealAlertmanager> {
  const config = parse(TEXT) as Example;
  const quick = { group_wait: '1s', group_interval: '1s', repeat_interval: '1h' };
  const file = stringify({
    ...config,
    route: { ...config.route, ...quick },
    templates: config.templates.map((path) => `${DIRECTORY}${path}`),
    receivers: config.receivers.map(({ name }) => ({ name, ...(name === 'nobody' ? {} : fillIn(name)) })),
  });
  return RealAlertmanager.startWith(file);
}

/** The same webhook for everybody. */
export function webhookAt(url: string): () => object {
  return () => ({ webhook_configs: [{ url, send_resolved: true }] });
}

/** @param rest of each alert beside its labels */
export async function post(
  { url }: RealAlertmanager,
  alerts: readonly Labels[],
  rest: { readonly endsAt?: string; readonly annotations?: Labels; readonly generatorURL?: string } = {},
): Promise<void> {
  const response = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts.map((labels) => ({ labels, ...rest }))),
  });
  expect([response.status, await response.text()]).toEqual([200, '']);
}
