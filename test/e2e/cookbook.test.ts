import { readFileSync } from 'node:fs';
import { expect, vi } from 'vitest';
import { startDemo } from '../../src/simulator/world/demo.ts';
import { DEMO } from '../../src/simulator/world/demo-cast.ts';
import { WAIT } from '../patience.ts';
import { testWith } from '../programs.ts';
import { BuiltBinary, folderWith } from './built-binary.ts';
import { RealPrometheus } from './real-prometheus.ts';

const [, COOKBOOK = ''] = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8').split(
  '\n## Cookbook\n',
);
const ANSWERS = [...COOKBOOK.matchAll(/^\d+\. (.+)\n\n {3}```promql\n([\s\S]*?) {3}```$/gm)];
const JOINS = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8').matchAll(
  /^```promql\n([\s\S]*?)^```$/gm,
);
/** What the demo may not have at a given moment: these are only to be valid. */
const SELDOM = /^Which pools lose nodes|target_up == 0|status="failed"/;
const RULES = readFileSync(new URL('../../prometheus/slo.yml', import.meta.url), 'utf8');

testWith('prometheus')(
  'the cookbook has twenty answers, and each finds data on the demo, as the recording rules do',
  async () => {
    expect(ANSWERS).toHaveLength(20);
    const demo = await startDemo({ now: Date.now, speed: 20 });
    try {
      // The phases of others are over within seconds, and who scrapes seldom sees none.
      const { cloud } = demo.simulator;
      cloud.addService(DEMO.prod.id, { service_id: 'stuck', service_name: 'stuck' });
      const at = { event_type: 'normal', occur_time: Date.now() };
      cloud.addServiceEvent('stuck', { ...at, event_info: 'start to deploy service' });
      cloud.addServiceEvent('stuck', { ...at, event_info: '[stuck 0.0.1] pulling model image' });
      await using folder = await folderWith({ 'config.yaml': demo.configYaml });
      await using exporter = new BuiltBinary(
        ['--config.file=config.yaml', '--web.listen-address=127.0.0.1:0'],
        { cwd: folder.path },
      );
      const { host } = new URL(await exporter.url());
      await using prometheus = await RealPrometheus.scraping(host, { interval: '5s', rules: RULES });
      const waiting = new Map(ANSWERS.map(([, question = '', query = '']) => [question, query]));
      for (const [, query = ''] of JOINS) {
        if (SELDOM.test(query)) await prometheus.query(query);
        else waiting.set(query, query);
      }
      await vi.waitFor(
        async () => {
          for (const [question, query] of waiting) {
            if ((await prometheus.query(query)).length > 0) waiting.delete(question);
          }
          expect([...waiting.keys()]).toEqual([]);
        },
        { ...WAIT, interval: 1_000 },
      );
      expect(prometheus.complaints).toEqual([]);
    } finally {
      await demo.close();
    }
  },
);
