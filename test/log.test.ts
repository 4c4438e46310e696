import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLogger, type LoggerOptions } from '../src/log.ts';
import { anyCharacter } from './any-character.ts';
import { runs } from './laws.ts';

function logger(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const log = createLogger({
    level: 'info',
    format: 'logfmt',
    clock: () => Date.parse('2024-01-02T03:04:05.678Z'),
    ...options,
    write: (line) => lines.push(line),
  });
  return { log, lines };
}

test('a logfmt line', () => {
  const { log, lines } = logger();
  log.warn('refresh failed', {
    project: 'prod',
    reason: 'auth',
    seconds: 0.25,
    first: true,
    left_out: undefined,
  });
  expect(lines).toEqual([
    'ts=2024-01-02T03:04:05.678Z level=warn msg="refresh failed" project=prod reason=auth seconds=0.25 first=true\n',
  ]);
});

test('a JSON line', () => {
  const { log, lines } = logger({ format: 'json' });
  log.error('refresh failed', { project: 'prod', seconds: 0.25 });
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    level: 'error',
    ts: '2024-01-02T03:04:05.678Z',
    project: 'prod',
    seconds: 0.25,
    msg: 'refresh failed',
  });
});

test('levels below the chosen one are silent', () => {
  const { log, lines } = logger({ level: 'warn' });
  log.debug('a');
  log.info('b');
  log.warn('c');
  log.error('d');
  expect(lines.map((line) => /msg=(\w)/.exec(line)?.[1])).toEqual(['c', 'd']);
});

test('values that need it are quoted', () => {
  const { log, lines } = logger();
  log.info('x', { empty: '', quote: 'say "hi"', equals: 'a=b', path: 'C:\\new', unicode: '资源池' });
  expect(lines[0]).toContain('empty="" quote="say \\"hi\\"" equals="a=b" path="C:\\\\new" unicode=资源池\n');
});

test('of an error only the message and the code are written', () => {
  const { log, lines } = logger();
  const error = Object.assign(new Error('it broke', { cause: new Error('CANARY') }), { options: 'CANARY' });
  log.error('failed', { error });
  expect(lines[0]).toContain('error="it broke"');
  log.error('failed', { error: Object.assign(error, { code: 'ECONNRESET' }) });
  expect(lines[1]).toContain('error="it broke (ECONNRESET)"');
  log.error('failed', { error: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }) });
  expect(lines[2]).toContain('error="connect ECONNREFUSED"');
  expect(lines.join()).not.toContain('CANARY');
});

test('long values are cut', () => {
  const { log, lines } = logger();
  log.info('m'.repeat(100_000), { text: 'x'.repeat(100_000) });
  expect(lines[0]?.length).toBeLessThan(4_200);
});

test('a field cannot take the place of the line time, level or message', () => {
  const { log, lines } = logger();
  log.info('real', { level: 'error', msg: 'forged', ts: 'never' });
  expect(lines[0]).toContain('level=info msg=real level_=error msg_=forged ts_=never');
});

test.each(['logfmt', 'json'] as const)(
  'hostile text cannot forge a %s line, nor move the cursor',
  (format) => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 40 }), (text) => {
        const { log, lines } = logger({ format });
        log.info(text, { text });
        expect(lines).toHaveLength(1);
        expect(lines[0]?.slice(0, -1)).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
        if (format === 'json') expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', text });
        else expect(readLogfmt(lines[0] ?? '')).toMatchObject({ level: 'info', msg: text, text });
      }),
      {
        examples: [['x\nlevel=error msg=forged'], ['" level=error msg="'], ['\u001b[2J\u009b2J\u202e']],
        ...runs(300),
      },
    );
  },
);

/** Reads a line the way a logfmt parser does. */
function readLogfmt(line: string): Record<string, string> {
  const pairs = line.matchAll(/([\w.-]+)=("(?:[^"\\]|\\.)*"|[^\s"]*)(?:\s|$)/g);
  return Object.fromEntries(
    [...pairs].map(([, key = '', value = '']) => [key, value.startsWith('"') ? JSON.parse(value) : value]),
  );
}
