import { expect, test } from 'vitest';
import { type JobState, trainingJob } from '../../../src/kinds/training-job/training-job.ts';
import { CONTEXT, NOW, once, read, samplesOf } from '../scripted-api.ts';

const TIME = '2024-05-06T15:08:09+08:00';
const AT = Date.parse(TIME);

function body(events: readonly unknown[], rest: Record<string, unknown> = {}) {
  return { total: events.length, limit: 50, offset: 0, order: 'asc', events, ...rest };
}

function event(rest: Record<string, unknown> = {}) {
  return { time: TIME, level: 'Info', message: 'm', source: 'Job', ...rest };
}

/** The workers' exit codes after these messages, a second apart. */
function exits(messages: readonly string[], workers = 100): Record<string, number> {
  const state: JobState = trainingJob.initialState();
  const context = { ...CONTEXT, limits: { ...CONTEXT.limits, workers } };
  messages.forEach((message, n) => {
    const at = AT + n * 1000;
    trainingJob.events.fold(state, [once({ at, level: 'info', source: 'task', message }, at)], context);
  });
  return Object.fromEntries(Object.entries(state.workers).map(([worker, { code }]) => [worker, code]));
}

test('events are decoded with their offsets, in any spelling of the closed sets', async () => {
  const { events, malformed, pages } = await read(trainingJob, trainingJob.initialState(), {
    training_job_events: body(
      [
        event({ source: 'K8S' }),
        event({ source: 'K8s' }),
        event({ level: 'ERROR', source: 'Task', time: '2024-05-06T07:08:09Z' }),
        event({ level: 'Fatal', source: 'Scheduler' }),
      ],
      { total: '4' },
    ),
  });
  expect(malformed).toBe(0);
  expect(events.map(({ at }) => at)).toEqual([AT, AT, AT, AT]);
  expect(events.map(({ level, source }) => [level, source])).toEqual([
    ['info', 'k8s'],
    ['info', 'k8s'],
    ['error', 'task'],
    ['other', 'other'],
  ]);
  // One event, whichever way its source is spelled; what is outside the sets is told apart all the same.
  const keys = pages.flatMap((page) => page.sightings.map(({ key }) => key));
  expect(keys[0]).toBe(keys[1]);
  expect(new Set(keys).size).toBe(3);
});

test.each([
  event({ time: '2024-05-06T15:08:09' }),
  event({ time: AT }),
  event({ time: undefined }),
  event({ time: new Date(NOW + 301_000).toISOString() }),
  event({ level: 3 }),
  event({ level: undefined }),
  event({ source: null }),
  event({ source: ['Job'] }),
  event({ message: 42 }),
  null,
  [],
])('%j is malformed', async (item) => {
  const { events, malformed } = await read(trainingJob, trainingJob.initialState(), {
    training_job_events: body([item, event()]),
  });
  expect([events.length, malformed]).toEqual([1, 1]);
});

test('a request names both bounds in milliseconds, at most 100 events, and the language', async () => {
  const { requests } = await read(
    trainingJob,
    trainingJob.initialState(),
    { training_job_events: body([]) },
    { since: AT },
  );
  expect(requests).toMatchObject([
    {
      version: 'v2',
      path: 'training-jobs/the%20id/events',
      query: { start_time: AT - 1000, end_time: NOW + 600_000, limit: 100, order: 'asc', offset: 0 },
      headers: { 'X-Language': 'en-us' },
    },
  ]);
});

test.each([
  ['[worker-0] Training finished. Exit code 1.', { 'worker-0': 1 }],
  ['[worker-0] Training finished. Exit code 0.', { 'worker-0': 0 }],
  ['[worker-12][time used: 0.296s] Training finished. Exit code 137.', { 'worker-12': 137 }],
  ['[worker-1] [time used: 5 s] Training finished. Exit code -9', { 'worker-1': -9 }],
  ['[worker-0] training started.', {}],
  ['Training finished. Exit code 1.', {}],
  ['x [worker-0] Training finished. Exit code 1.', {}],
  ['[worker-x] Training finished. Exit code 1.', {}],
  ['[worker-0] Training finished. Exit code one.', {}],
  ['[worker-0] Training finished. Exit code 99999999999.', {}],
  ['[__proto__] Training finished. Exit code 1.', {}],
])('"%s" tells %j', (message, expected) => {
  expect(exits([message])).toEqual(expected);
});

test.each([
  ['[worker-0] training started.', { 'worker-1': 3 }],
  ['The training job has been restarted.', {}],
  ['[Job: modelarts-job-1] ExecuteAction: Start to execute action RestartJob', {}],
  [
    '[Job: modelarts-job-1] ExecuteAction: Start to execute action TerminateJob',
    { 'worker-0': 1, 'worker-1': 3 },
  ],
])('after "%s" the exit codes are %j', (message, expected) => {
  const ended = ['[worker-0] Training finished. Exit code 1.', '[worker-1] Training finished. Exit code 3.'];
  expect(exits([...ended, message])).toEqual(expected);
  expect(exits([...ended, message, ended[0] ?? ''])).toEqual({ ...expected, 'worker-0': 1 });
});

test('a run that the listing shows under way forgets the exits before it', () => {
  const state = trainingJob.initialState();
  const exit = (worker: number, at: number) => {
    const message = `[worker-${worker}] Training finished. Exit code 1.`;
    trainingJob.events.fold(state, [once({ at, level: 'info', source: 'task', message }, at)], CONTEXT);
  };
  exit(0, AT);
  exit(1, AT + 9000);
  const running = { phase: 'running', final: false, runStartedAt: AT + 5000 };
  trainingJob.listing.fold(state, running, AT + 10_000);
  expect(Object.keys(state.workers)).toEqual(['worker-1']);
  // Read only after the listing.
  exit(2, AT + 1000);
  exit(3, AT + 6000);
  expect(Object.keys(state.workers)).toEqual(['worker-1', 'worker-3']);
  trainingJob.listing.fold(state, { ...running, phase: 'failed', final: true }, AT + 20_000);
  exit(2, AT + 1000);
  expect(Object.keys(state.workers)).toContain('worker-2');
});

test('the latest code of a worker counts, also where an older one comes late', () => {
  const finished = (code: number) => `[worker-0] Training finished. Exit code ${code}.`;
  expect(exits([finished(1), finished(0)])).toEqual({ 'worker-0': 0 });
  const state = trainingJob.initialState();
  const tell = (code: number, at: number) => {
    const told = { at, level: 'info', source: 'task', message: finished(code) } as const;
    trainingJob.events.fold(state, [once(told, at)], CONTEXT);
  };
  tell(0, AT);
  tell(1, AT - 1000);
  expect(samplesOf(trainingJob, state)).toEqual({ 'worker_exit_code{worker="worker-0"}': 0 });
});

test('workers beyond the limit share one series with the largest code', () => {
  const messages = [3, 1, 2, 137, 5].map((code, n) => `[worker-${n}] Training finished. Exit code ${code}.`);
  expect(exits(messages, 2)).toEqual({ 'worker-0': 3, 'worker-1': 1, other: 137 });
  expect(exits([...messages, '[worker-0] Training finished. Exit code 0.'], 2)).toEqual({
    'worker-0': 0,
    'worker-1': 1,
    other: 137,
  });
});

test('ten thousand workers cost no more memory than the hundred that are told apart', () => {
  const messages = Array.from({ length: 10_000 }, (_, n) => `[worker-${n}] Training finished. Exit code 1.`);
  expect(Object.keys(exits(messages)).length).toBe(101);
});

test('a text made to be slow does not hold up the rest', () => {
  for (const part of ['[a]', '[worker-0]', ' ', '[', '] [']) {
    exits([`[worker-0]${part.repeat(1_000_000 / part.length)}`]);
  }
});

test('errors and warnings are problems, everything else is not', () => {
  const problem = (level: 'info' | 'warning' | 'error' | 'other') =>
    trainingJob.alerts.problem({ at: AT, level, source: 'job', message: 'm' })?.alertname;
  expect([problem('info'), problem('other')]).toEqual([undefined, undefined]);
  expect(problem('warning')).toBe('ModelArtsTrainingJobWarning');
  expect(problem('error')).toBe('ModelArtsTrainingJobError');
});

test('a job that was seen running failed after that, whatever its listing says', () => {
  const state = trainingJob.initialState();
  trainingJob.listing.fold(state, { phase: 'running', final: false, startedAt: NOW - 3_000_000 }, NOW);
  const failed = { phase: 'failed', final: true, startedAt: NOW - 3_000_000, endedAt: NOW - 2_999_000 };
  trainingJob.listing.fold(state, failed, NOW + 60_000);
  trainingJob.listing.fold(state, failed, NOW + 120_000);
  expect(trainingJob.alerts.conditions(state)).toMatchObject([{ since: NOW + 60_000 }]);

  const seenLate = trainingJob.initialState();
  trainingJob.listing.fold(seenLate, failed, NOW);
  expect(trainingJob.alerts.conditions(seenLate)).toMatchObject([{ since: NOW - 2_999_000 }]);
});

test('a job that failed is told in the words of the error beside its end, else in those of the listing', () => {
  const wordsOf = (errorAt: number, message?: string) => {
    const state = trainingJob.initialState();
    const event = { at: errorAt, level: 'error', source: 'task', message: 'NCCL error' } as const;
    trainingJob.events.fold(state, [once(event, errorAt)], CONTEXT);
    const details = { phase: 'failed', final: true, endedAt: NOW - 60_000, ...(message && { message }) };
    trainingJob.listing.fold(state, details, NOW);
    return trainingJob.alerts.conditions(state)[0]?.message;
  };
  const DAY = 86_400_000;
  expect(wordsOf(NOW - 90_000, 'exit code 137')).toBe('NCCL error');
  expect(wordsOf(NOW - 3 * DAY, 'exit code 137')).toBe('exit code 137');
  expect(wordsOf(NOW - 3 * DAY)).toBe('NCCL error');
});

test('a job that failed long before the first look is dated by its end, its last event or its creation', () => {
  const HOUR = 3_600_000;
  const since = (details: object, eventAt?: number) => {
    const state = trainingJob.initialState();
    trainingJob.listing.fold(state, { phase: 'failed', final: true, ...details }, NOW);
    if (eventAt !== undefined) {
      const event = { at: eventAt, level: 'error', source: 'k8s', message: 'no image' } as const;
      trainingJob.events.fold(state, [once(event, eventAt)], { ...CONTEXT, first: true });
    }
    return trainingJob.alerts.conditions(state)[0]?.since;
  };
  expect(since({ createdAt: NOW - 9 * HOUR, endedAt: NOW - 5 * HOUR })).toBe(NOW - 5 * HOUR);
  expect(since({ createdAt: NOW - 9 * HOUR })).toBe(NOW - 9 * HOUR);
  expect(since({ createdAt: NOW - 9 * HOUR }, NOW - 8 * HOUR)).toBe(NOW - 8 * HOUR);
  expect(since({})).toBe(NOW);
});
