import { readFileSync } from 'node:fs';
import { expect, vi } from 'vitest';
import { startDemo } from '../../src/simulator/world/demo.ts';
import { dashboardFiles } from '../grafana/dashboard-files.ts';
import { queriesOf } from '../grafana/queries.ts';
import { testWith } from '../programs.ts';
import { BuiltBinary, folderWith } from './built-binary.ts';
import { WAIT } from './patience.ts';
import { RealPrometheus } from './real-prometheus.ts';

const RULES = readFileSync(new URL('../../prometheus/alerts.yml', import.meta.url), 'utf8');
/** Short, as the demo is. */
const CHOSEN = { __rate_interval: '20s', __interval: '5s', __range: '2m' };

testWith('prometheus')(
  'every query of every dashboard finds data on a fresh demo, and the rules load and evaluate',
  async () => {
    const demo = await startDemo({ now: Date.now, speed: 60 });
    try {
      await using folder = await folderWith({ 'config.yaml': demo.configYaml.replaceAll('5s', '1s') });
      await using exporter = new BuiltBinary(
        ['--config.file=config.yaml', '--web.listen-address=127.0.0.1:0'],
        {
          cwd: folder.path,
        },
      );
      const { host } = new URL(await exporter.url());
      await using prometheus = await RealPrometheus.scraping(host, { rules: RULES });
      const queries = dashboardFiles().flatMap((dashboard) => queriesOf(dashboard, CHOSEN));
      expect(queries.length).toBeGreaterThan(50);
      const waiting = new Map(queries.map((query) => [query.where, query.expression]));
      await vi.waitFor(
        async () => {
          for (const [where, expression] of waiting) {
            if ((await prometheus.query(expression)).length > 0) waiting.delete(where);
          }
          expect([...waiting]).toEqual([]);
        },
        { ...WAIT, interval: 1_000 },
      );
      const rules = (await (await fetch(`${prometheus.url}/api/v1/rules`)).json()) as {
        data: { groups: { rules: { name: string; health: string; lastError?: string }[] }[] };
      };
      const faulty = rules.data.groups.flatMap((group) =>
        group.rules.filter(({ health }) => health !== 'ok'),
      );
      expect(faulty).toEqual([]);
      expect(prometheus.complaints).toEqual([]);
    } finally {
      await demo.close();
    }
  },
);
