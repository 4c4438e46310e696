import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemberEncoder } from '../../src/state/member-encoder.ts';

test('it writes what JSON.stringify writes, whatever was written before', () => {
  const objects = fc.array(fc.dictionary(fc.string(), fc.option(fc.jsonValue(), { nil: undefined })));
  fc.assert(
    fc.property(objects, (all) => {
      const encoder = new MemberEncoder();
      for (const each of all) expect(encoder.encode(each)).toBe(JSON.stringify(each));
    }),
  );
});

test('only a member that is another object than before is encoded anew', () => {
  let encoded = 0;
  const counting = () => ({ toJSON: () => (encoded += 1) });
  const [long, short] = [counting(), counting()];
  const encoder = new MemberEncoder();
  expect(encoder.encode({ long, short })).toBe('{"long":1,"short":2}');
  expect(encoder.encode({ long, short: counting() })).toBe('{"long":1,"short":3}');
});
