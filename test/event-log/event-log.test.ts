import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EventLog } from '../../src/event-log/event-log.ts';
import { fileSink, type LineSink, streamSink } from '../../src/event-log/line-sink.ts';
import { systemTimers } from '../../src/timers.ts';
import { recordingLog } from '../alerting/recording.ts';
import { WAIT } from '../patience.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'event-log-'));
  path = join(folder, 'events.json');
});

afterEach(() => rm(folder, { recursive: true }));

test('appends in order, and goes on in a file that exists', async () => {
  await writeFile(path, 'old\n');
  const log = new EventLog(fileSink(path), systemTimers, recordingLog());
  const lines = Array.from({ length: 5_000 }, (_, index) => `${index} ${'x'.repeat(index % 100)}`);
  for (const line of lines) {
    log.append(line);
  }
  expect(await log.flush()).toBe(true);
  expect(await readFile(path, 'utf8')).toBe(`old\n${lines.join('\n')}\n`);
  log.append('last');
  await log.close();
  expect(await readFile(path, 'utf8')).toMatch(/\nlast\n$/);
});

test('ends a line that a crash left torn', async () => {
  await writeFile(path, '{"torn');
  const log = new EventLog(fileSink(path), systemTimers, recordingLog());
  log.append('next');
  await log.close();
  expect(await readFile(path, 'utf8')).toBe('{"torn\nnext\n');
});

test('goes on in a new file after a rotation', async () => {
  const log = new EventLog(fileSink(path), systemTimers, recordingLog());
  log.append('one');
  await log.flush();
  await rename(path, `${path}.1`);
  log.append('two');
  await log.flush();
  log.reopen();
  log.append('three');
  await log.close();
  expect(await readFile(`${path}.1`, 'utf8')).toBe('one\ntwo\n');
  expect(await readFile(path, 'utf8')).toBe('three\n');
});

test('lines wait while the file cannot be written, and failing is logged once', async () => {
  const missing = join(folder, 'missing');
  const logger = recordingLog();
  const log = new EventLog(fileSink(join(missing, 'events.json')), systemTimers, logger);
  for (const line of ['one', 'two', 'three']) {
    log.append(line);
    expect(await log.flush()).toBe(false);
  }
  expect(logger.lines).toHaveLength(1);
  expect(logger.lines[0]).toMatch(/^error writing the event log failed .*ENOENT/);
  await mkdir(missing);
  log.append('four');
  expect(await log.flush()).toBe(true);
  await log.close();
  expect(await readFile(join(missing, 'events.json'), 'utf8')).toBe('one\ntwo\nthree\nfour\n');
  expect(logger.lines[1]).toBe('info writing the event log works again {"lost":0}');
});

test('what is not written when it is closed is counted in the log', async () => {
  const logger = recordingLog();
  const log = new EventLog(fileSink(join(folder, 'missing', 'events.json')), systemTimers, logger);
  log.append('one');
  log.append('two');
  await log.close();
  expect(logger.lines.at(-1)).toBe('error the event log ends without its last lines {"lines":2}');
  expect(logger.lines).toHaveLength(2);
});

test('bytes are written once, however the destination takes and refuses them', async () => {
  const step = fc.oneof(fc.constant('fail' as const), fc.constant('reopen' as const), fc.nat(40));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ maxLength: 20 }), { maxLength: 20 }),
      fc.array(step),
      async (texts, steps) => {
        const files = [''];
        const script = [...steps];
        const sink: LineSink = {
          write: async (bytes) => {
            const next = script.shift() ?? bytes.length;
            if (next === 'fail') {
              throw new Error('disk full');
            }
            if (next === 'reopen') {
              log.reopen();
            }
            const wanted = next === 'reopen' ? Math.ceil(bytes.length / 2) : Math.max(1, next);
            const taken = Math.min(wanted, bytes.length);
            files[files.length - 1] += bytes.toString('latin1', 0, taken);
            return taken;
          },
          release: async () => {
            files.push('');
          },
        };
        const log = new EventLog(sink, systemTimers, recordingLog());
        const lines = texts.map((text) => JSON.stringify(text));
        for (const line of lines) {
          log.append(line);
        }
        while (!(await log.flush())) {}
        // A line cut by a rotation is whole in the new file; its beginning in the old one has no end.
        const whole = files.flatMap((file) => file.split('\n').slice(0, -1));
        expect(whole.map((line) => Buffer.from(line, 'latin1').toString())).toEqual(lines);
      },
    ),
  );
});

test('memory is bounded while the destination is stuck, and what is lost is told', async () => {
  let free = () => {};
  const stuck = new Promise<void>((resolve) => {
    free = resolve;
  });
  let taken = 0;
  const logger = recordingLog();
  const sink: LineSink = {
    write: async (bytes) => {
      await stuck;
      taken += bytes.length;
      return bytes.length;
    },
    release: async () => {},
  };
  const log = new EventLog(sink, systemTimers, logger);
  const line = 'x'.repeat(1024 * 1024 - 1);
  for (let index = 0; index < 70; index += 1) {
    log.append(line);
  }
  free();
  expect(await log.flush()).toBe(true);
  expect(taken).toBe(64 * 1024 * 1024);
  expect(logger.lines).toEqual(['info writing the event log works again {"lost":6}']);
});

test('writes to a stream, and survives one whose reader went away', async () => {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done(written.length > 1 ? new Error('EPIPE') : null);
    },
  });
  const logger = recordingLog();
  const log = new EventLog(streamSink(stream), systemTimers, logger);
  log.append('one');
  expect(await log.flush()).toBe(true);
  log.append('two');
  expect(await log.flush()).toBe(false);
  expect(written[0]).toBe('one\n');
  expect(logger.lines[0]).toContain('EPIPE');
  await log.close();
});

test('a pipe that nobody opens or reads holds up nothing, and loses nothing that fits in memory', async () => {
  execFileSync('/usr/bin/mkfifo', [path]);
  const logger = recordingLog();
  const log = new EventLog(fileSink(path), systemTimers, logger);
  const lines = Array.from({ length: 400 }, (_, index) => `${index} ${'x'.repeat(1_000)}`);
  for (const line of lines) log.append(line);
  expect(await log.flush()).toBe(false);
  expect(log.pending).toBe(400);
  const reader = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  let text = '';
  const nothing = { bytesRead: 0, buffer: Buffer.alloc(0) };
  await vi.waitFor(
    async () => {
      const { bytesRead, buffer } = await reader.read(Buffer.alloc(65_536)).catch(() => nothing);
      text += buffer.toString('utf8', 0, bytesRead);
      expect(text.split('\n').length).toBe(401);
    },
    { ...WAIT, interval: 20 },
  );
  expect(text).toBe(`${lines.join('\n')}\n`);
  await vi.waitFor(() => expect(logger.lines.at(-1)).toContain('works again'), WAIT);
  await log.close();
  await reader.close();
});

test('a stream that takes nothing is waited for once, and not when it ends', async () => {
  const logger = recordingLog();
  const log = new EventLog(streamSink(new Writable({ write: () => {} })), systemTimers, logger);
  log.append('one');
  expect(await log.flush()).toBe(false);
  expect(await log.flush()).toBe(false);
  await log.close();
  expect(logger.lines).toEqual([
    'error writing the event log failed {"error":"nobody takes its lines"}',
    'error the event log ends without its last lines {"lines":1}',
  ]);
});

test('a file that cannot be closed tears no line and keeps nothing from ending', async () => {
  const files = [''];
  const sink: LineSink = {
    write: async (bytes) => {
      const taken = files[0] === '' ? 4 : bytes.length;
      files[files.length - 1] += bytes.toString('latin1', 0, taken);
      if (taken < bytes.length) log.reopen();
      return taken;
    },
    release: async () => {
      files.push('');
      throw new Error('input/output error');
    },
  };
  const logger = recordingLog();
  const log = new EventLog(sink, systemTimers, logger);
  log.append('one line');
  await log.flush();
  await vi.waitFor(() => expect(files).toEqual(['one ', 'one line\n']), WAIT);
  await log.close();
  expect(logger.lines.at(-1)).toMatch(/^error writing the event log failed .*input\/output error/);
});
