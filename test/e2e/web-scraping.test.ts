import { expect, vi } from 'vitest';
import { TARGET_FAMILIES } from '../../src/collection/target-series.ts';
import { KINDS, TOTAL_FAMILIES } from '../../src/kinds/kinds.ts';
import { startDemo } from '../../src/simulator/world/demo.ts';
import { WAIT } from '../patience.ts';
import { testWith } from '../programs.ts';
import { BuiltBinary, folderWith } from './built-binary.ts';
import { RealPrometheus } from './real-prometheus.ts';

/** Their values depend on when they are scraped, though nothing happens in the cloud. */
const PASSING: ReadonlySet<string | undefined> = new Set([
  'modelarts_target_last_success_timestamp_seconds',
  'modelarts_target_refresh_duration_seconds',
  ...Object.values(KINDS).map(({ events }) => events.families.recent.name),
  // Counters of time grow with each listing: a service that goes on running has been good for longer.
  ...TARGET_FAMILIES.flatMap(({ name, type }) =>
    type === 'counter' && name.endsWith('_seconds_total') ? [name] : [],
  ),
]);

/** Every series of a project's totals, which no probe of a target has. */
const PROJECT_SERIES: ReadonlySet<string | undefined> = new Set(
  Object.values(TOTAL_FAMILIES)
    .flat()
    .flatMap(({ name, type }) =>
      type === 'histogram'
        ? ['bucket', 'sum', 'count', 'created'].map((suffix) => `${name}_${suffix}`)
        : [name, name.replace(/_total$/, '_created')],
    ),
);

testWith('prometheus')(
  'Prometheus finds /probe by /sd with no relabelling, and gets there what /metrics has',
  async () => {
    const demo = await startDemo({ now: Date.now, speed: 10 });
    try {
      const config = demo.configYaml.replaceAll('10s', '5s');
      await using folder = await folderWith({ 'config.yaml': config });
      await using exporter = new BuiltBinary(
        ['--config.file=config.yaml', '--web.listen-address=127.0.0.1:0'],
        { cwd: folder.path },
      );
      const url = await exporter.url();
      await using prometheus = await RealPrometheus.start(`
global: { scrape_interval: 10s }
scrape_configs:
  - { job_name: all, static_configs: [{ targets: ['${new URL(url).host}'] }] }
  - { job_name: probe, http_sd_configs: [{ url: '${url}/sd', refresh_interval: 5s }] }
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
          `{__name__=~"modelarts_(service|inference_service|training_job|pool|target)_.+",job="${job}"}`,
        );
        return samples.map(({ metric: { instance: _instance, job: _job, ...labels }, value }) => {
          const name = labels['__name__'];
          const shown = PASSING.has(name) ? 'any value' : value[1];
          return { name, sample: `${JSON.stringify(Object.entries(labels).sort())} ${shown}` };
        });
      };
      await vi.waitFor(
        async () => {
          const all = (await series('all')).filter(({ name }) => !PROJECT_SERIES.has(name));
          const probed = await series('probe');
          expect([all.length > 200, probed.length]).toEqual([true, all.length]);
          const shown = new Set(probed.map(({ sample }) => sample));
          expect(all.filter(({ sample }) => !shown.has(sample)).slice(0, 3)).toEqual([]);
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
      // A target that was removed is asked for until Prometheus has read /sd again, for which a busy machine may be slow.
      const current = new Set(groups.map(({ labels }) => labels['__param_target']));
      const complaints = prometheus.complaints.filter((line) => {
        const removed = /[?&]target=([^&"\\]+)\\?".* 404 Not Found/.exec(line)?.[1];
        const isSlow = /Unable to refresh target groups.*Client\.Timeout/.test(line);
        return !isSlow && (removed === undefined || current.has(removed));
      });
      expect(complaints).toEqual([]);
    } finally {
      await demo.close();
    }
  },
);
