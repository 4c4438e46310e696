import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, vi } from 'vitest';
import { systemDisk } from '../../src/disk.ts';
import { KIND_TABLE } from '../../src/kind-table.ts';
import { KINDS } from '../../src/kinds/kinds.ts';
import { startDemo } from '../../src/simulator/world/demo.ts';
import { DEMO } from '../../src/simulator/world/demo-cast.ts';
import { readState } from '../../src/state/open-state-file.ts';
import { WAIT, WAIT_QUIETLY } from '../patience.ts';
import { testWith } from '../programs.ts';
import { countEvents, countUpdates } from '../simulator-kit/ground-truth.ts';
import { BuiltBinary, folderWith } from './built-binary.ts';
import { RealPrometheus } from './real-prometheus.ts';

testWith('prometheus', 'promtool')(
  'Prometheus scrapes a living cloud in both formats, and stores its ground truth',
  async () => {
    const demo = await startDemo({ now: Date.now, speed: 20 });
    const config = demo.configYaml.replace('min_interval: 5s', 'min_interval: 2s');
    await using folder = await folderWith({ 'config.yaml': `${config}\nstate: { file: state }\n` });
    await using exporter = new BuiltBinary(
      ['--config.file=config.yaml', '--web.listen-address=127.0.0.1:0'],
      {
        cwd: folder.path,
      },
    );
    const { host } = new URL(await exporter.url());
    await using plain = await textOnly(host);
    await using prometheus = await RealPrometheus.start(`
global: { scrape_interval: 2s }
scrape_configs:
  - { job_name: openmetrics, static_configs: [{ targets: ['${host}'] }] }
  - { job_name: text, static_configs: [{ targets: ['${plain.host}'] }] }
`);
    try {
      await vi.waitFor(async () => {
        expect(await prometheus.value('min(count_over_time(up[1m]))')).toBeGreaterThanOrEqual(5);
      }, WAIT_QUIETLY);
      expect(prometheus.complaints).toEqual([]);
      expect(plain.formats).toEqual(new Set(['text/plain; version=0.0.4; charset=utf-8']));

      // From here on the cloud stands still, so that both sides speak of the same.
      const { cloud } = demo.simulator;
      demo.pause();
      const epoch = (await readState(systemDisk, folder.file('state')))?.countingSince ?? 0;
      const truth = countEvents(cloud, epoch).filter(
        ({ kind }) => kind === 'service' || kind === 'training_job',
      );
      expect(truth.length).toBeGreaterThan(5);
      const names = { [DEMO.prod.id]: 'prod', [DEMO.research.id]: 'research' };
      for (const job of ['openmetrics', 'text']) {
        for (const { project, kind, target, classes, count } of truth) {
          const labels = [
            ...KINDS[kind].events.classes.map((name, index) => [name, classes[index]]),
            ['project', names[project]],
            ['job', job],
          ]
            .map(([name, value]) => `${name}="${value}"`)
            .join(',');
          const { id } = KIND_TABLE[kind].labels;
          const expression = `modelarts_${kind}_events_total{${id}="${target}",${labels}}`;
          await vi.waitFor(
            async () => expect([expression, await prometheus.value(expression)]).toEqual([expression, count]),
            WAIT,
          );
        }
      }
      for (const [id, { success, fail }] of countUpdates(cloud, epoch)) {
        const updates = await prometheus.value(
          `sum(modelarts_service_updates_total{service_id="${id}",job="text"})`,
        );
        expect(updates ?? 0).toBeGreaterThanOrEqual(success + fail);
      }
    } finally {
      await demo.close();
    }
    const ended = await exporter.end();
    expect(ended.code).toBe(0);
  },
);

/** Hands scrapes on without the wish for OpenMetrics, as Prometheus 2.42 knows no setting for it. */
async function textOnly(host: string) {
  const formats = new Set<string | null>();
  const server = createServer(async (request, response) => {
    try {
      const answer = await fetch(`http://${host}${request.url}`, { headers: { accept: 'text/plain' } });
      const text = await answer.text();
      formats.add(answer.headers.get('content-type'));
      response.setHeader('content-type', answer.headers.get('content-type') ?? '');
      response.end(text);
    } catch {
      // The exporter has ended, and Prometheus has not yet.
      response.destroy();
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    formats,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
