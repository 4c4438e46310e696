import { expect, vi } from 'vitest';
import { startDemo } from '../../src/simulator/world/demo.ts';
import { WAIT } from '../patience.ts';
import { testWith } from '../programs.ts';
import { BuiltBinary, folderWith } from './built-binary.ts';
import { RealPrometheus } from './real-prometheus.ts';

/** What differs between two scrapes of the same numbers. */
const PASSING = 'modelarts_target_(last_success_timestamp_seconds|refresh_duration_seconds)|.*_recent_events';

testWith('prometheus')(
  'Prometheus finds /probe by /sd with no relabelling, and gets there what /metrics has',
  async () => {
    const demo = await startDemo({ now: Date.now, speed: 60 });
    try {
      const config = demo.configYaml.replace('min_interval: 5s', 'min_interval: 1s').replaceAll('10s', '2s');
      await using folder = await folderWith({ 'config.yaml': config });
      await using exporter = new BuiltBinary(
        ['--config.file=config.yaml', '--web.listen-address=127.0.0.1:0'],
        { cwd: folder.path },
      );
      const url = await exporter.url();
      await using prometheus = await RealPrometheus.start(`
global: { scrape_interval: 2s }
scrape_configs:
  - { job_name: all, static_configs: [{ targets: ['${new URL(url).host}'] }] }
  - { job_name: probe, http_sd_configs: [{ url: '${url}/sd', refresh_interval: 1s }] }
`);
      await vi.waitFor(
        async () =>
          expect(await prometheus.value('sum(modelarts_service_events_total{job="all"})')).toBeGreaterThan(
            30,
          ),
        { ...WAIT, interval: 500 },
      );
      demo.pause();

      const series = async (job: string) => {
        const samples = await prometheus.query(
          `{__name__=~"modelarts_(service|inference_service|training_job|pool|target)_.+",__name__!~"${PASSING}",job="${job}"}`,
        );
        return new Map(
          samples.map(({ metric: { instance: _instance, job: _job, ...labels }, value }) => [
            JSON.stringify(Object.entries(labels).sort()),
            value[1],
          ]),
        );
      };
      await vi.waitFor(
        async () => {
          const [all, probed] = [await series('all'), await series('probe')];
          expect(all.size).toBeGreaterThan(200);
          expect([...probed].sort()).toEqual([...all].sort());
        },
        { ...WAIT, interval: 1_000 },
      );

      const groups = (await (await fetch(`${url}/sd`)).json()) as { labels: Record<string, string> }[];
      expect(groups.length).toBeGreaterThan(10);
      const probes = await prometheus.query('up{job="probe"} == 1');
      expect(probes.map(({ metric }) => metric['instance']).sort()).toEqual(
        groups.map(({ labels }) => labels['instance']).sort(),
      );
      // What Prometheus calls an instance is one target, and holds no series of another.
      const strangers = await prometheus.query(
        'modelarts_target_up{job="probe"} unless on (instance, project, kind, target) ' +
          'label_replace(label_replace(label_replace(up{job="probe"}, "project", "$1", "instance", "(.*)/(.*)/(.*)"), ' +
          '"kind", "$2", "instance", "(.*)/(.*)/(.*)"), "target", "$3", "instance", "(.*)/(.*)/(.*)")',
      );
      expect(strangers).toEqual([]);
      expect(prometheus.complaints).toEqual([]);
    } finally {
      await demo.close();
    }
  },
);
