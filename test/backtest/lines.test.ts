import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Line, linesOf } from '../../src/backtest/lines.ts';
import { runs } from '../laws.ts';

async function read(...chunks: readonly Buffer[]): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of linesOf(Readable.from(chunks))) lines.push(line);
  return lines;
}

const bytes = fc.constantFrom('', 'a', 'événement', '{"a":1}', '中文').map((text) => Buffer.from(text));

test('the lines are the same however the bytes arrive, and compressed too', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(bytes),
      fc.integer({ min: 1, max: 7 }),
      fc.boolean(),
      async (texts, size, isLast) => {
        const whole = Buffer.from(`${texts.join('\n')}${isLast ? '' : '\n'}`);
        const expected = texts.flatMap((text, index) =>
          text.length === 0 ? [] : [{ number: index + 1, text: text.toString() }],
        );
        const cut = (content: Buffer) =>
          Array.from({ length: Math.ceil(content.length / size) }, (_, index) =>
            content.subarray(index * size, (index + 1) * size),
          );
        expect(await read(...cut(whole))).toEqual(expected);
        expect(await read(...cut(gzipSync(whole)))).toEqual(expected);
      },
    ),
    runs(50),
  );
});

test('a line that is too long is told, and the next one is read', async () => {
  const long = Buffer.alloc(17 * 1024 * 1024, 'x');
  expect(await read(long, Buffer.from('\nnext\n'))).toEqual([
    { number: 1, text: undefined },
    { number: 2, text: 'next' },
  ]);
});

test('what is compressed and ends early is an error', async () => {
  const whole = gzipSync('a line\n'.repeat(1000));
  await expect(read(whole.subarray(0, 20))).rejects.toThrow('unexpected end of file');
});

test('whoever needs only the first lines leaves the file closed', async () => {
  for (const content of [Buffer.from('one\ntwo\n'), gzipSync('one\ntwo\n')]) {
    const source = Readable.from([content, content]);
    for await (const line of linesOf(source)) {
      expect(line.text).toBe('one');
      break;
    }
    expect(source.destroyed).toBe(true);
  }
});
