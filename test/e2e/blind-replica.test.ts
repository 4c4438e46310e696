import { expect, vi } from 'vitest';
import { WAIT } from '../patience.ts';
import { testWith } from '../programs.ts';
import { startLine } from './line.ts';
import { startAlertmanager } from './real-alertmanager.ts';
import { configText, POOL, SERVICE, sample, serve, startCloud } from './scene.ts';

/** So many times everything is sent again while one exporter is blind: at an interval of 30 s that is five minutes. */
const RESENDS = 10;

testWith('alertmanager')(
  'a pair of which one is blind tells each problem and each recovery once, and once that it is blind',
  async () => {
    await using alertmanager = await startAlertmanager();
    await using cloud = await startCloud();
    await using line = await startLine(cloud.url);
    const settings = {
      collection: { min_interval: '200ms' },
      alerting: { alertmanagers: [{ url: alertmanager.url }], interval: '500ms', keep_firing_for: '0s' },
      project: { training_jobs: [] },
    };
    await using seeing = await serve(configText(cloud.url, settings));
    await using blind = await serve(configText(line.url, settings));
    for (const { scrape } of [seeing, blind])
      await vi.waitFor(async () => expect((await scrape('/-/ready')).status).toBe(200), WAIT);

    const told = (alertname: string) =>
      alertmanager.notifications
        .filter(({ groupLabels }) => groupLabels['alertname'] === alertname)
        .map(({ status }) => status);
    const toldAll = () => ['ModelArtsPoolAbnormal', 'ModelArtsServiceAbnormalEvent'].map(told);
    const change = (from: string, to: string) =>
      cloud.cloud.addPoolEvent(POOL, {
        type: to === 'Running' ? 'Normal' : 'Warning',
        reason: 'PoolStatusChange',
        message: `Pool status changed, from ${from} to ${to}.`,
        firstTimestamp: Date.now(),
      });
    const knowing = async (names: number) => {
      for (const { scrape } of [seeing, blind])
        await vi.waitFor(async () => {
          const { data } = JSON.parse((await scrape('/api/v1/alerts')).text) as { data: unknown[] };
          expect(data).toHaveLength(names);
        }, WAIT);
    };
    change('Running', 'Abnormal');
    cloud.cloud.addServiceEvent(SERVICE, {
      event_type: 'abnormal',
      event_info: 'failed to pull image, retry later',
      occur_time: Date.now(),
    });
    await knowing(2);
    await vi.waitFor(() => expect(toldAll()).toEqual([['firing'], ['firing']]), WAIT);

    line.cut();
    const down = 'ModelArtsProjectDown';
    await vi.waitFor(() => expect(told(down)).toEqual(['firing']), WAIT);
    await vi.waitFor(async () => {
      const { text } = await blind.scrape('/api/v1/alerts');
      expect(text).toContain(`ModelArtsPoolAbnormal of ${POOL}`);
      expect(text).toContain('ModelArtsServiceAbnormalEvent of digits');
    }, WAIT);
    const resends = async () => {
      const sent = async () => sample(await blind.scrape(), 'modelarts_alertmanager_alerts_sent_total');
      const before = await sent();
      await vi.waitFor(async () => expect(await sent()).toBeGreaterThanOrEqual(before + RESENDS), WAIT);
    };
    await resends();
    expect([...toldAll(), told(down)]).toEqual([['firing'], ['firing'], ['firing']]);

    change('Abnormal', 'Running');
    cloud.cloud.addUpdateRecord(SERVICE, { result: 'SUCCESS', update_time: Date.now(), config: [] });
    cloud.cloud.addServiceEvent(SERVICE, {
      event_type: 'normal',
      event_info: 'The service is being started.',
      occur_time: Date.now(),
    });
    const once = ['firing', 'resolved'];
    await vi.waitFor(() => expect(toldAll()).toEqual([once, once]), WAIT);
    await resends();
    expect([...toldAll(), told(down)]).toEqual([once, once, ['firing']]);

    line.mend();
    await vi.waitFor(() => expect(told(down)).toEqual(once), WAIT);
    await knowing(0);
    expect([...toldAll(), told(down), told('ModelArtsTargetDown')]).toEqual([once, once, once, []]);
  },
);
