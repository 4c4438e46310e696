import fc from 'fast-check';
import { expect, test } from 'vitest';
import { html } from '../../src/web/pages/html.ts';
import { isolated } from '../../src/web/pages/isolated-text.ts';
import { durationWords, timeAgo } from '../../src/web/pages/times.ts';
import { anyCharacter } from '../any-character.ts';

test('text is escaped, HTML and lists of it are not, and nothing is nothing', () => {
  expect(
    html`<p title="${'"\'<'}">${'<b>&'}${html`<i>${1}</i>`}${['a', html`<br>`, undefined]}${undefined}</p>`
      .html,
  ).toBe('<p title="&#34;&#39;&#60;">&#60;b&#62;&#38;<i>1</i>a<br></p>');
});

test('no text can end an attribute or open an element', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), (text) => {
      const escaped = html`${text}`.html;
      expect(escaped).not.toMatch(/[<>"']|&(?!#\d+;)/);
      expect(escaped.replace(/&#(\d+);/g, (_all, code) => String.fromCharCode(code))).toBe(text);
    }),
  );
});

test.each([
  [0, '0 s'],
  [0.006, '0.006 s'],
  [20.171, '20.171 s'],
  [59, '59 s'],
  [60, '1 min'],
  [61.5, '1 min 1 s'],
  [3_600, '1 h'],
  [7_260, '2 h 1 min'],
  [90_000, '1 d 1 h'],
])('%d seconds are %s', (seconds, words) => {
  expect(durationWords(seconds)).toBe(words);
});

test('ages, also of what lies ahead', () => {
  expect(timeAgo(1_000, 1_500).html).toContain('>just now<');
  expect(timeAgo(1_000, 63_000).html).toContain('>1 min 2 s ago<');
  expect(timeAgo(5_000, 1_000).html).toContain('>in 4 s<');
});

test('foreign text is cut between characters', () => {
  expect(isolated('ab', 2).html).toBe('<bdi>ab</bdi>');
  expect(isolated('a🙂b', 2).html).toBe('<bdi>a…</bdi>');
});
