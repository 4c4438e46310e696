import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AlertTarget, targetLabels, toAlert } from '../../src/alerting/alert.ts';
import type { AlertRecord } from '../../src/alerting/record.ts';
import { labelValue } from '../../src/alerting/text.ts';
import { toPostable } from '../../src/alerting/wire.ts';
import { anyCharacter } from '../any-character.ts';

const NOW = Date.UTC(2026, 0, 10, 12);
const TARGET: AlertTarget = {
  project: 'prod/eu',
  region: 'cn-north-4',
  kind: 'service',
  id: 'a b/c',
  name: 'chat',
};
const EXTRAS = { labels: { team: 'ml', severity: 'page', empty: '' }, externalUrl: 'https://exporter/base' };

const RECORD: AlertRecord = {
  alertname: 'ModelArtsServiceAbnormalEvent',
  severity: 'warning',
  target: targetLabels(TARGET),
  summary: 'reported an abnormal event',
  labels: { phase: 'image_pulling' },
  origin: 'event',
  message: 'pull failed',
  startsAt: NOW - 1_500,
  at: NOW - 500,
  events: 2,
  quietFrom: NOW - 500,
  resolvedAt: null,
};

describe('an alert', () => {
  const alert = toAlert(RECORD, TARGET, EXTRAS);

  test('has sorted labels, with the configured ones that it has not itself', () => {
    expect(JSON.stringify(alert.labels)).toBe(
      JSON.stringify({
        alertname: 'ModelArtsServiceAbnormalEvent',
        kind: 'service',
        phase: 'image_pulling',
        project: 'prod/eu',
        region: 'cn-north-4',
        service_id: 'a b/c',
        service_name: 'chat',
        severity: 'warning',
        target: 'a b/c',
        team: 'ml',
      }),
    );
  });

  test('of a state that did not keep the words says its name', () => {
    const { summary, ...older } = RECORD;
    expect(toAlert(older, TARGET, EXTRAS).annotations['summary']).toMatch(
      /raised ModelArtsServiceAbnormalEvent$/,
    );
    expect(summary).toBeDefined();
  });

  test('says what happened', () => {
    expect(alert.annotations).toEqual({
      summary: 'Service chat (project prod/eu) reported an abnormal event',
      description: 'pull failed',
      event_time: '2026-01-10T11:59:59.500Z',
      events: '2',
      runbook_url: 'https://exporter/base/docs/runbooks#modelartsserviceabnormalevent',
    });
  });

  test('leads to the dashboard of its target where Grafana is known', () => {
    const { dashboard_url } = toAlert(RECORD, TARGET, { ...EXTRAS, grafanaUrl: 'https://g/sub' }).annotations;
    expect(dashboard_url).toBe('https://g/sub/d/modelarts-service?var-project=prod%2Feu&var-service=a+b%2Fc');
  });

  test('leads to the page of its target, where there is one', () => {
    expect(alert.generatorUrl).toBe('https://exporter/base/targets/prod%2Feu/service/a%20b%2Fc');
    expect(toAlert(RECORD, TARGET, { ...EXTRAS, externalUrl: '' }).generatorUrl).toBeUndefined();
  });

  test('without a name has no name label', () => {
    const nameless = { ...TARGET, name: undefined };
    const { labels, annotations } = toAlert({ ...RECORD, target: targetLabels(nameless) }, nameless, EXTRAS);
    expect(Object.keys(labels)).not.toContain('service_name');
    expect(annotations['summary']).toContain('Service a b/c ');
  });
});

describe('on the wire', () => {
  test('a firing alert ends four intervals ahead', () => {
    expect(toPostable(toAlert(RECORD, TARGET, EXTRAS), NOW, 30_000)).toMatchObject({
      startsAt: '2026-01-10T11:59:58.500Z',
      endsAt: '2026-01-10T12:02:00.000Z',
      generatorURL: 'https://exporter/base/targets/prod%2Feu/service/a%20b%2Fc',
    });
  });

  test('a resolved alert ends when it was resolved', () => {
    const resolved = toAlert({ ...RECORD, resolvedAt: NOW - 100 }, TARGET, { ...EXTRAS, externalUrl: '' });
    const postable = toPostable(resolved, NOW, 30_000);
    expect(postable.endsAt).toBe('2026-01-10T11:59:59.900Z');
    expect(postable).not.toHaveProperty('generatorURL');
  });

  test('no alert ends before it starts, nor starts later than now, though the API is ahead of us', () => {
    const ahead = { ...RECORD, startsAt: NOW + 60_000, resolvedAt: NOW - 100 };
    for (const record of [ahead, { ...ahead, resolvedAt: null }]) {
      const { startsAt, endsAt } = toPostable(toAlert(record, TARGET, EXTRAS), NOW, 1_000);
      expect(Date.parse(startsAt)).toBe(NOW);
      expect(Date.parse(endsAt)).toBeGreaterThanOrEqual(NOW);
    }
  });
});

describe('label values', () => {
  test('are at most 1024 bytes, cut between code points', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 2_000 }), fc.nat(3), (text, pad) => {
        const long = 'x'.repeat(pad) + text;
        const value = labelValue(long);
        const whole = long.toWellFormed();
        expect(Buffer.byteLength(value)).toBeLessThanOrEqual(1024);
        expect(Buffer.from(value).toString()).toBe(value);
        expect(value === whole || (value.endsWith('…') && whole.startsWith(value.slice(0, -1)))).toBe(true);
      }),
    );
    const long = labelValue(`${'😀'.repeat(300)}`);
    expect(long).toBe(`${'😀'.repeat(255)}…`);
  });

  test('hold no lone surrogate', () => {
    expect(labelValue('a\ud800b\udc00😀')).toBe('a\ufffdb\ufffd😀');
  });
});
