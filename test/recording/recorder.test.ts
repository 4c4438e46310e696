import { expect, test } from 'vitest';
import { knownTexts } from '../../src/recording/known-texts.ts';
import { createMask } from '../../src/recording/mask.ts';
import { Recorder } from '../../src/recording/recorder.ts';
import { parseRecording } from '../../src/recording/recording.ts';
import { configOf, PROJECT, prodAt, SERVICE } from '../configuration.ts';

const NOW = Date.UTC(2026, 0, 10);
const EVENTS = {
  operation: 'service_events',
  method: 'GET',
  language: 'en-us',
  url: new URL(`http://127.0.0.1/gateway/v1/${PROJECT}/services/${SERVICE}/events?limit=2&order=desc`),
} as const;

function recorder(bytesMax?: number) {
  const warnings: string[] = [];
  const lines: Buffer[] = [];
  const config = configOf({
    projects: [{ ...prodAt('http://127.0.0.1:1'), services: [{ id: SERVICE, name: 'acme' }] }],
  });
  const created = new Recorder(config, {
    write: (line) => lines.push(line),
    mask: createMask(Buffer.alloc(32, 1), knownTexts()),
    clock: () => NOW,
    startedAt: NOW - 1,
    version: '1.2.3',
    log: { warn: (message) => warnings.push(message) },
    ...(bytesMax === undefined ? {} : { bytesMax }),
  });
  return { created, warnings, text: () => Buffer.concat(lines).toString() };
}

function answer(text: string) {
  const headers = { date: 'Sat, 10 Jan 2026 00:00:00 GMT', 'x-subject-token': 'token', 'set-cookie': ['a'] };
  return { status: 200, headers, text };
}

test('what is kept is masked, and credentials are not kept', () => {
  const { created, text: recorded } = recorder();
  created.note('prod', EVENTS, answer(JSON.stringify({ service_name: 'acme', total_count: 0, events: [] })));
  created.note('prod', { ...EVENTS, operation: 'iam_token' }, answer('{"token":"t"}'));
  created.note('prod', { ...EVENTS, operation: 'ecs_metadata' }, answer('{"credential":"t"}'));
  created.note('prod', EVENTS, answer('<html>acme</html>'));

  const text = recorded();
  for (const own of [PROJECT, SERVICE, 'acme', 'token', 'credential']) expect(text).not.toContain(own);
  const { head, exchanges } = parseRecording(text);
  expect(head).toMatchObject({ at: NOW, startedAt: NOW - 1, version: '1.2.3' });
  expect(exchanges).toHaveLength(2);
  const [first, second] = exchanges;
  expect(first).toMatchObject({
    project: head.projects[0]?.name,
    path: ['v1', expect.any(String), 'services', head.projects[0]?.targets.service[0]?.id, 'events'],
    query: { limit: '2', order: 'desc' },
    headers: { date: 'Sat, 10 Jan 2026 00:00:00 GMT' },
    json: { service_name: head.projects[0]?.targets.service[0]?.name, total_count: 0, events: [] },
  });
  expect(second?.text).toMatch(/^<masked-\w+>masked-\w+<\/?masked-\w+>$/);
});

test('a recording that is full says so once, and stays a recording', () => {
  const { created, warnings, text } = recorder(5_000);
  for (let index = 0; index < 100; index += 1) created.note('prod', EVENTS, answer('{"events":[]}'));
  expect(text().length).toBeLessThanOrEqual(5_000);
  expect(parseRecording(text()).exchanges.length).toBeGreaterThan(3);
  expect(warnings).toHaveLength(1);
});

test.each([
  ['', 'line 1 is not the beginning of a recording'],
  ['{"epoch":1}\n', 'line 1 is not the beginning of a recording'],
  ['x\n', 'line 1 is not JSON'],
  ['{"recording":1,"at":1,"startedAt":1,"projects":[{"name":"a"}]}\n', 'line 1 is not the beginning'],
  ['{"recording":1,"at":1,"startedAt":1,"settings":null,"projects":[]}\n', 'line 1 is not the beginning'],
  [
    '{"recording":1,"at":1,"startedAt":1,"settings":{},"projects":[{"name":"a","region":"r","targets":null,"discovered":[]}]}\n',
    'line 1 is not the beginning',
  ],
  [
    '{"recording":1,"at":1,"startedAt":1,"settings":{},"projects":[]}\n{}\n',
    'line 2 holds no recorded answer',
  ],
  ['{"recording":1,"at":1,"startedAt":1,"settings":{},"projects":[]}\nx\n{}\n', 'line 2 is not JSON'],
])('%j is no recording', (text, message) => {
  expect(() => parseRecording(text)).toThrow(message);
});

test('a last line that a crash left torn is left out', () => {
  expect(
    parseRecording('{"recording":1,"at":1,"startedAt":1,"settings":{},"projects":[]}\n{"at":1,').exchanges,
  ).toEqual([]);
});
