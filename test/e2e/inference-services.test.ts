import { expect, vi } from 'vitest';
import { PROJECT } from '../configuration.ts';
import { WAIT } from '../patience.ts';
import { testWith } from '../programs.ts';
import { startAlertmanager } from './real-alertmanager.ts';
import { RealPrometheus } from './real-prometheus.ts';
import { configText, serve, startCloud } from './scene.ts';

testWith('alertmanager', 'prometheus').concurrent(
  'a service of the new generation fails and recovers, as Prometheus counts it and Alertmanager tells it',
  async () => {
    await using alertmanager = await startAlertmanager();
    await using cloud = await startCloud();
    const { cloud: content } = cloud;
    content.addInferenceService(PROJECT, { id: 'chat', name: 'assistant', deployments: [{ name: 'main' }] });
    const discovery = { inference_services: { enabled: true, refresh: '200ms', pods: true } };
    const alerting = {
      alertmanagers: [{ url: alertmanager.url }],
      interval: '500ms',
      keep_firing_for: '0s',
      resolve_after: '1h',
    };
    await using exporter = await serve(configText(cloud.url, { alerting, project: { discovery } }));
    await using prometheus = await RealPrometheus.scraping(new URL(exporter.url).host);
    const increase = (metric: string) =>
      prometheus.value(`sum(max_over_time(${metric}[1h]) - min_over_time(${metric}[1h]))`);
    await vi.waitFor(
      async () => expect(await prometheus.value('modelarts_target_up{kind="inference_service"}')).toBe(1),
      WAIT,
    );

    const event = content.addInferenceEvent('chat', {
      event_type: 'ABNORMAL',
      event_info: '',
      event_info_cn: '服务部署失败，资源不足。',
      at: Date.now(),
    });
    content.repeatInferenceEvent(event, Date.now(), 2);
    const pod = { type: 'Warning', reason: 'FailedScheduling', message: 'Insufficient npu' };
    content.addInferencePodEvent('chat', 'main', { ...pod, at: Date.now() });
    await vi.waitFor(
      async () =>
        expect(await increase('modelarts_inference_service_events_total{event_type="abnormal"}')).toBe(3),
      WAIT,
    );
    // A listing that came before the events would be told without their words, and Alertmanager tells nothing twice.
    content.setInferenceStatus('chat', 'FAILED', Date.now());
    const told = (status: string) =>
      alertmanager.notifications
        .filter((notification) => notification.status === status)
        .flatMap(({ alerts }) => alerts)
        .map(({ labels, annotations }) => [
          labels['alertname'],
          labels['severity'],
          annotations['description'],
        ]);
    const problems = [
      ['ModelArtsInferenceServiceAbnormalEvent', 'warning', '服务部署失败，资源不足。'],
      ['ModelArtsInferenceServiceFailed', 'critical', '服务部署失败，资源不足。'],
    ];
    await vi.waitFor(() => expect(told('firing')).toEqual(expect.arrayContaining(problems)), WAIT);
    const status = (value: string) => `modelarts_inference_service_status{status="${value}"}`;
    await vi.waitFor(async () => expect(await prometheus.value(status('failed'))).toBe(1), WAIT);
    await vi.waitFor(
      async () => expect(await increase('modelarts_inference_service_pod_events_total')).toBe(1),
      WAIT,
    );

    // No event tells that it runs again: its status does.
    content.setInferenceStatus('chat', 'RUNNING', Date.now());
    const names = () => told('resolved').map(([name]) => name);
    await vi.waitFor(
      () => expect(names()).toEqual(expect.arrayContaining(problems.map(([name]) => name))),
      WAIT,
    );
    await vi.waitFor(async () => expect(await prometheus.value(status('running'))).toBe(1), WAIT);
  },
);
