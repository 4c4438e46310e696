import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { startExporter } from '../built-exporter.ts';
import { answering, startAlertmanager } from '../programs.ts';
import type { Row } from '../row.ts';
import { median } from '../statistics.ts';
import { Subject } from '../subject.ts';

// Rows about the whole program, as it is built.

const REPEATS = 9;

function projectYaml(cloud: string, more: string): string {
  return `projects:
  - name: prod
    region: cn-north-4
    project_id: 0123456789abcdef0123456789abcdef
    endpoint: ${cloud}
    iam_endpoint: ${cloud}
    auth: { token: simulator-token }
${more}`;
}

/** How long it takes until the program has answered a scrape. */
export async function startUp(): Promise<Row[]> {
  await using cloud = new Subject('canned-cloud');
  const services = Array.from({ length: 10 }, (_, index) => `      - { id: service-${index} }\n`).join('');
  const yaml = projectYaml(await cloud.ask<string>('url'), `    services:\n${services}`);
  const ours: number[] = [];
  const node: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    await using program = await startExporter(yaml);
    await answering(`${program.url}/metrics`, program.child, 2);
    ours.push(performance.now() - program.began);
    const began = performance.now();
    await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
    node.push(performance.now() - began);
  }
  return [
    {
      what: 'start to first answered scrape, 10 targets',
      measured: `${median(ours).toFixed(0)} ms`,
      against: `node -e 0: ${median(node).toFixed(0)} ms`,
      figure: median(ours) - median(node),
      unit: ' ms',
      target: { atMost: 400 },
    },
  ];
}

const INTERVAL = 2_000;
const LATENCY = 100;

/** How long after an event Alertmanager has its alert. */
export async function alerting(): Promise<Row[]> {
  const row = {
    what: 'event until Alertmanager has the alert',
    unit: ' s',
    target: { atMost: 1 },
  } as const;
  await using alertmanager = await startAlertmanager();
  if (alertmanager === undefined) {
    return [{ ...row, measured: '-', against: 'alertmanager: not installed', figure: undefined }];
  }
  await using cloud = new Subject('simulated-cloud');
  const { url, services } = await cloud.ask<{ url: string; services: string[] }>('start', {
    services: REPEATS,
    latency: LATENCY,
  });
  await using program = await startExporter(
    projectYaml(
      url,
      `    services:
${services.map((id) => `      - { id: ${id} }\n`).join('')}collection: { min_interval: ${INTERVAL / 1000}s }
alerting:
  interval: ${INTERVAL / 1000}s
  alertmanagers: [{ url: ${alertmanager.url} }]
`,
    ),
  );
  await answering(`${program.url}/-/ready`, program.child);
  const delays: number[] = [];
  for (const [index, id] of services.entries()) {
    // Not in step with the interval.
    await sleep(INTERVAL + (INTERVAL * index) / services.length);
    await cloud.ask('abnormalEvent', id);
    const began = performance.now();
    while (!(await (await fetch(`${alertmanager.url}/api/v2/alerts`)).text()).includes(id)) await sleep(10);
    delays.push((performance.now() - began) / 1000);
  }
  const allowed = (INTERVAL + LATENCY) / 1000;
  return [
    {
      ...row,
      measured: `${median(delays).toFixed(2)} s, at worst ${Math.max(...delays).toFixed(2)} s`,
      against: `interval + latency: ${allowed} s`,
      figure: Math.max(...delays) - allowed,
    },
  ];
}
