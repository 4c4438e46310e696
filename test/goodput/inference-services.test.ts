import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Cloud } from '../../src/simulator/cloud.ts';
import { parseSamples } from '../collection/running-exporter.ts';
import { PROJECT } from '../configuration.ts';
import { runs } from '../laws.ts';
import { restartingExporter } from './restarting-exporter.ts';

const BEGINNING = Date.parse('2024-05-06T07:00:00Z');

const steps = fc.array(
  fc.record({
    /** What the status becomes; left out: the service is looked at again. */
    status: fc.option(
      fc.constantFrom('RUNNING', 'DEPLOYING', 'UPGRADING', 'CONCERNING', 'FAILED', 'ERROR', 'STOPPED'),
      { nil: undefined },
    ),
    restarts: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

test('deployments of the new generation count once, by the status that they lead to, also over restarts', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (course) => {
      const cloud = new Cloud();
      let now = BEGINNING;
      const running = await restartingExporter(cloud, () => now, { inference_services: { enabled: true } });
      cloud.addInferenceService(PROJECT, { id: 'chat', status: 'UPGRADING', create_at: now });
      const truth = { success: 0, fail: 0 };
      try {
        for (const { status, restarts } of [{ status: undefined, restarts: false }, ...course]) {
          if (restarts) await running.restart();
          const { status: before } = cloud.inferenceService('chat');
          if (status !== undefined && status !== before) {
            cloud.setInferenceStatus('chat', status, now + 10_000);
            const wasUnderWay = before === 'UPGRADING' || before === 'DEPLOYING';
            if (wasUnderWay && status === 'RUNNING') truth.success += 1;
            if (wasUnderWay && ['CONCERNING', 'FAILED', 'ERROR'].includes(status)) truth.fail += 1;
          }
          now += 30_000;
          const { collector, metrics } = running.exporter;
          await collector.discover();
          await collector.collect(Number.POSITIVE_INFINITY);
          await collector.flush();
          const shown = parseSamples(await metrics.text('text'));
          const of = (result: string) =>
            shown.get(`modelarts_inference_service_deployments_total{project="prod",result="${result}"}`);
          expect({ success: of('success'), fail: of('fail') }).toEqual(truth);
          const current = cloud.inferenceService('chat').status.toLowerCase();
          expect(shown.get(`modelarts_inference_services{project="prod",status="${current}"}`)).toBe(1);
        }
      } finally {
        await running.close();
      }
    }),
    { ...runs(10), endOnFailure: true },
  );
}, 120_000);
