import fc from 'fast-check';
import { expect, test } from 'vitest';
import { knownTexts } from '../../src/recording/known-texts.ts';
import { createMask } from '../../src/recording/mask.ts';
import { runs } from '../laws.ts';

const mask = createMask(Buffer.alloc(32, 1), knownTexts());
const MASKED = /^masked-[0-9a-f]{12}$/;

test('the same value has the same mask, and another key another one', () => {
  expect(mask.id('svc-1')).toMatch(MASKED);
  expect(mask.id('svc-1')).toBe(mask.id('svc-1'));
  expect(mask.id('svc-2')).not.toBe(mask.id('svc-1'));
  expect(createMask(Buffer.alloc(32, 2), []).id('svc-1')).not.toBe(mask.id('svc-1'));
});

test.each([
  ['[worker-0] Training finished. Exit code 137.', '[worker-0] Training finished. Exit code 137.'],
  ['start to deploy service', 'start to deploy service'],
  ['[recommender 3.1.0] pull image success', '[M M] pull image success'],
  ['Service acme-chat started.', 'Service M started.'],
  ['[Pod: modelarts-job-0a1b-worker-0] Started: Started container', '[Pod: M] Started: Started container'],
  [
    'Pool resources status changed, available/abnormal/creating/deleting count from 8/0/0/0 to 7/1/0/0, timestamp: 1669449696.',
    'Pool resources status changed, available/abnormal/creating/deleting count from 8/0/0/0 to 7/1/0/0, timestamp: 1669449696.',
  ],
  ['card 4111 1111 at 10.0.0.1:8080', 'M M M M M:M'],
  ['Failed to create the image. user=bob@acme.com', 'Failed to create the image. user=M'],
])('%s', (text, masked) => {
  expect(mask.text(text).replace(/masked-[0-9a-f]{12}/g, 'M')).toBe(masked);
});

test('of a Chinese text the known phrases stay, and the rest becomes radicals of the same length', () => {
  const masked = mask.text('张三的训练作业被抢占。');
  expect(masked).toMatch(/^[\u2f00-\u2fd5]{3}训练作业被抢占。$/);
  expect(mask.text(masked)).toBe(masked);
});

test('of an answer ids, names and the keys of users are masked, and what ModelArts says stays', () => {
  const answer = {
    total: '3',
    items: [
      {
        metadata: {
          id: '0a1b',
          name: 'secret project',
          workspace_id: '0',
          labels: {
            'os.modelarts/name': 'acme',
            'customer-x': 'y',
            type: 'acme',
            pin: '1234',
            more: { kind: 'acme', list: ['4321'] },
          },
          create_time: 1_700_000_000_000,
        },
        status: { phase: 'Hibernating', tasks: ['acme-0'], start_time: '2026-01-01T00:00:00+08:00' },
        'acme@key': 7,
        owner_id: 1234567,
      },
    ],
    error_code: 'ModelArts.0104',
    error_msg: 'Invalid parameter acme.',
  };
  const masked = mask.answer(answer);
  expect(masked).toMatchObject({
    total: '3',
    items: [
      {
        metadata: {
          id: expect.stringMatching(MASKED),
          name: expect.stringMatching(MASKED),
          workspace_id: '0',
          labels: { 'os.modelarts/name': expect.stringMatching(MASKED) },
          create_time: 1_700_000_000_000,
        },
        status: { phase: 'Hibernating', start_time: '2026-01-01T00:00:00+08:00' },
      },
    ],
    error_code: 'ModelArts.0104',
    error_msg: expect.stringMatching(/^Invalid parameter masked-[0-9a-f]{12}\.$/),
  });
  expect(JSON.stringify(masked)).not.toMatch(/acme|customer|secret|1234|4321/);
});

test('the name of a stage stays, and other names beside it do not', () => {
  const [known, unknown] = [{ name: 'running' }, { name: 'warming-up', sub_stages: [{ name: 'running' }] }];
  expect(mask.answer({ name: 'running', stages: [known, unknown, { name: 'acme 7' }] })).toEqual({
    name: mask.id('running'),
    stages: [
      known,
      { name: 'warming-up', sub_stages: [{ name: mask.id('running') }] },
      { name: mask.id('acme 7') },
    ],
  });
});

test('a path keeps its words, and a filter those that are no ids', () => {
  const [, project, , job] = mask.path(['v2', 'p1', 'training-jobs', 'events', 'events']);
  expect([project, job]).toEqual([mask.id('p1'), mask.id('events')]);
  expect(mask.path(['v2', 'p1', 'training-jobs', 'j', 'events'])[4]).toBe('events');
  const filters = [
    { key: 'id', operator: 'in', value: ['Running'] },
    { key: 'phase', operator: 'in', value: ['Running'] },
    { key: 'create_time', operator: 'between', value: ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'] },
  ];
  expect(mask.question({ offset: 0, workspace_id: '0', filters })).toEqual({
    offset: 0,
    workspace_id: '0',
    filters: [{ ...filters[0], value: [mask.id('Running')] }, filters[1], filters[2]],
  });
});

/** Of letters and digits that no word of ModelArts has. */
const secret = fc.stringMatching(/^[qxz0-9]{4,20}$/);

test('no part of what is masked is left, wherever it stands, and masking again changes nothing', () => {
  const around = fc.constantFrom(
    '',
    ' ',
    'Failed to start service ',
    '[worker-0] ',
    '服务部署失败，',
    '/',
    '.',
    '-',
    '@',
    '"',
  );
  fc.assert(
    fc.property(
      secret,
      around,
      around,
      fc.constantFrom('message', 'event_info', 'name', 'x', 'value', 'url'),
      (word, before, after, key) => {
        const masked = mask.answer({
          [key]: `${before}${word}${after}`,
          list: [word, { [key]: word }],
          labels: { [word]: word },
        });
        const text = JSON.stringify(masked).replace(/masked-[0-9a-f]{12}/g, '');
        if (/[qxz]/.test(word)) expect(text).not.toContain(word);
        expect(mask.answer(masked)).toEqual(masked);
      },
    ),
    runs(300),
  );
});
