import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { eventLine } from '../../src/collection/event-line.ts';
import { KIND_NAMES, KIND_TABLE } from '../../src/kind-table.ts';
import { dashboardTexts } from '../grafana/dashboard-files.ts';
import { NOTICE } from '../web/fake-backend.ts';

const textOf = (name: string) =>
  readFileSync(new URL(`../../deploy/log-shipping/${name}`, import.meta.url), 'utf8');

const FILE = '/var/log/modelarts-exporter/events.jsonl';
const LABELS = ['project', 'kind', 'problem'];
const line: Readonly<Record<string, unknown>> = JSON.parse(eventLine(NOTICE));

test('the labels are fields of the event log, of few values', () => {
  expect(Object.keys(line)).toEqual(expect.arrayContaining([...LABELS, 'time', 'message']));
});

test('Alloy: every component is there, and takes the labels and the time of the line', () => {
  const text = textOf('config.alloy');
  const declared = [...text.matchAll(/^([\w.]+) "(\w+)" \{$/gm)].map(([, kind, name]) => `${kind}.${name}`);
  const used = [...text.matchAll(/\b((?:local|loki)\.[\w.]+)\.(?:receiver|targets)\b/g)].map(
    ([, name]) => name,
  );
  expect(declared).toEqual(expect.arrayContaining(used));
  expect(used).toHaveLength(3);
  expect(text).toContain(`__path__     = "${FILE}"`);
  expect(text).toContain('service_name = "modelarts-events"');
  expect(text).toContain('values = { project = "", kind = "", problem = "" }');
  expect(text).toMatch(/stage\.timestamp \{\s*source = "time"/);
  const braces = (mark: string) => text.split(mark).length;
  expect(braces('{')).toBe(braces('}'));
});

test('Vector: each part takes the one before it, and the line goes out as it is', () => {
  const { sources, transforms, sinks } = parse(textOf('vector.yaml'));
  expect(sources.modelarts_events.include).toEqual([FILE]);
  expect(transforms.modelarts_labels.inputs).toEqual(['modelarts_events']);
  expect(sinks.loki.inputs).toEqual(['modelarts_labels']);
  expect(sinks.loki.encoding).toEqual({ codec: 'text' });
  const { service_name, ...labels } = sinks.loki.labels;
  expect(service_name).toBe('modelarts-events');
  expect(Object.keys(labels)).toEqual(LABELS);
  for (const label of LABELS)
    expect(transforms.modelarts_labels.source).toContain(`.${label} = event.${label}`);
});

test('the collector: what is received is sent, out of a queue on the disk that has an end', () => {
  const { receivers, exporters, extensions, service } = parse(textOf('otel-collector.yaml'));
  expect(receivers.filelog.include).toEqual([FILE]);
  const { logs } = service.pipelines;
  expect(Object.keys(receivers)).toEqual(logs.receivers);
  expect(Object.keys(exporters)).toEqual(logs.exporters);
  expect(Object.keys(extensions)).toEqual(service.extensions);
  expect(receivers.filelog.retry_on_failure).toEqual({ enabled: true, max_elapsed_time: '0s' });
  expect(exporters.otlphttp.sending_queue).toMatchObject({ enabled: true, storage: 'file_storage' });
});

test('the dashboards ask for labels that the examples give, and for fields that lines have', () => {
  const names = KIND_NAMES.map((kind) => KIND_TABLE[kind].labels.name);
  for (const [name, text] of dashboardTexts()) {
    const asked = [...text.matchAll(/"expr": "(\{service_name=[^\n]*)"/g)].map(
      ([, expression = '']) => expression,
    );
    expect(asked.length, name).toBeGreaterThan(1);
    for (const expression of asked) {
      const [labels = '', fields = ''] = expression.split(' | json');
      expect(labels).toContain('{service_name=\\"modelarts-events\\"}');
      for (const [, label] of labels.matchAll(/\| (\w+)=/g)) expect(LABELS).toContain(label);
      for (const [, field = ''] of fields.matchAll(/[ {]\.(\w+)/g))
        expect(['message', 'kind', 'pool', ...names]).toContain(field.replace(/_extracted$/, ''));
    }
  }
});
