import fc from 'fast-check';
import { anyCharacter } from '../any-character.ts';

/** Texts that break what quotes, cuts, splits or looks up carelessly. */
const hostileText = fc.oneof(
  fc.constantFrom(
    ...['', ' ', '"', '\\', '\n', '\r\n', '\0', '\ud800', '\udfff', 'a\ud800b', '\u2028', '\u202e', '\ufeff'],
    ...[
      'a"b\\n{c="d"} 1\n# TYPE x counter',
      '__proto__',
      'constructor',
      'toString',
      '../..',
      '%00',
      '<script>',
    ],
    ...['2024-02-30T25:61:61Z', '0000-01-01T00:00:00Z', '2024-05-06T07:08:09+99:99', '9999999999999999999'],
    ...['x'.repeat(10_000), '\\"'.repeat(2_000), '\ud83d'.repeat(300), 'Running', 'Abnormal', 'FAIL'],
    '[worker-999999999] Training finished. Exit code -999999999.',
    'Pool resources status changed, available/abnormal/creating/deleting count from 1/0/0/0 to 9999999999999999999/1/0/0, timestamp: 99999999999999999999.',
    'Pool status changed, from Running to __proto__.',
  ),
  fc.string({ unit: anyCharacter, maxLength: 20 }),
);

const extremeNumber = fc.oneof(
  fc.constantFrom(
    -1,
    0,
    1e308,
    -1e308,
    Number.MAX_SAFE_INTEGER,
    2 ** 53,
    1e21,
    5e-324,
    8.64e15,
    1e11 - 1,
    0.5,
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
);

/** Any value that JSON can carry. */
const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  { weight: 4, arbitrary: extremeNumber },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(null, true, false, [], {}, [null], [[]], [{}]) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.constant(nested(200)) },
);

type Container = Record<string, unknown> | unknown[];

const change = fc.record({
  place: fc.nat(),
  other: fc.nat(),
  what: fc.constantFrom('drop', 'replace', 'replace', 'repeat', 'exchange', 'rename'),
  value: anyValue,
  name: hostileText,
});
export type Change = typeof change extends fc.Arbitrary<infer C> ? C : never;

/** A few changes to a body: members dropped, replaced, repeated, exchanged or brought in under hostile names. */
export const changes: fc.Arbitrary<readonly Change[]> = fc.array(change, { maxLength: 6 });

/** The body with all changes made, each to what the one before it left. */
export function changed(body: unknown, made: readonly Change[]): unknown {
  const root = { body: structuredClone(body) };
  for (const { place, other, what, value, name } of made) {
    const slots = slotsOf(root);
    const [container, key] = slots[place % slots.length] ?? [root, 'body'];
    const old = Reflect.get(container, key);
    if (what === 'replace' || container === root) set(container, key, structuredClone(value));
    else if (what === 'drop') drop(container, key);
    else if (what === 'exchange') {
      const [from, at] = slots[other % slots.length] ?? [root, 'body'];
      set(container, key, structuredClone(Reflect.get(from, at)));
    } else if (what === 'rename') {
      drop(container, key);
      set(container, Array.isArray(container) ? key : name, old);
    } else if (Array.isArray(container)) container.push(structuredClone(old));
    else set(container, key, [old, structuredClone(old)]);
  }
  // What comes over the wire has been JSON.
  return JSON.parse(JSON.stringify(root.body));
}

/** Every member of every object and array, the body itself first. */
function slotsOf(container: Container, slots: (readonly [Container, string])[] = []): typeof slots {
  for (const [key, value] of Object.entries(container)) {
    slots.push([container, key]);
    if (typeof value === 'object' && value !== null) slotsOf(value as Container, slots);
  }
  return slots;
}

/** As JSON.parse does it, `__proto__` is a name like any other. */
function set(container: Container, key: string, value: unknown): void {
  Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true });
}

function drop(container: Container, key: string): void {
  if (Array.isArray(container)) container.splice(Number(key), 1);
  else delete container[key];
}

function nested(depth: number): unknown {
  let value: unknown = [];
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? { value } : [value];
  return value;
}
